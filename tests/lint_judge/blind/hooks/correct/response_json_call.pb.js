routerAdd("GET", "/api/upstream", (e) => {
  const res = $http.send({ url: "http://" + e.request.host + "/api/health" })
  const json = () => JSON.parse(toString(res.body))
  return e.json(200, { code: json().code })
})
