// The answer of $http.send has `json`, not `data`.
//   > GET /api/remote
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/remote", (e) => {
  const res = $http.send({ url: `http://${e.request.host}/api/health` })
  return e.json(200, { message: res.data.message }) // <--
})
