routerAdd("GET", "/api/upstream", (e) => {
  const res = $http.send({ url: "http://" + e.request.host + "/api/health" })
  const data = res.json()
  return e.json(200, { code: data.code })
})
