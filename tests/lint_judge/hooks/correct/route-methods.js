// One path, several methods, and a rest of the path.
//   > GET /api/notes/a/b
//   < 200 {"path":"a/b"}
//   > DELETE /api/notes/a
//   < 204

routerAdd("GET", "/api/notes/{path...}", (e) => {
  return e.json(200, { path: e.request.pathValue("path") })
})
routerAdd("DELETE", "/api/notes/{path...}", (e) => e.noContent(204))
