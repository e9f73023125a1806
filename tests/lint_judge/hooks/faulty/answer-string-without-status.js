// The same with a text.
//   > GET /api/x
//   < 200 null

routerAdd("GET", "/api/x", (e) => {
  return e.string("hello") // <--
})
