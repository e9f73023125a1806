// Ways to answer, and an answer that is not returned.
//   > GET /api/json
//   < 200 {"a":1}
//   > GET /api/go
//   < 307
//   > GET /api/error
//   < 418 {"message":"Teapot."}

routerAdd("GET", "/api/json", (e) => {
  e.json(200, { a: 1 })
})
routerAdd("GET", "/api/go", (e) => {
  return e.redirect(307, "/api/json")
})
routerAdd("GET", "/api/error", (e) => {
  throw new ApiError(418, "Teapot.", {})
})
