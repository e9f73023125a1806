// `URLSearchParams`.
//   > GET /api/query
//   < 400
//   log: "URLSearchParams is not defined"

routerAdd("GET", "/api/query", (e) => {
  const params = new URLSearchParams({ a: 1, b: "two words" }) // <--
  return e.string(200, params.toString())
})
