// `:id` is how echo wrote it; now it is a word like any other.
//   > GET /api/things/abc
//   < 404

routerAdd("GET", "/api/things/:id", (e) => { // <--
  const id = e.request.pathValue("id")
  return e.json(200, { id })
})
