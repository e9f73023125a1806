// A bracket that was never closed.
//   > GET /api/x
//   < 404
//   log: "SyntaxError"
//   says: syntax, unexpected, closed, bracket

routerAdd("GET", "/api/x", (e) => {
  const rows = $app.findRecordsByFilter("posts", "", "", 10, 0
  return e.json(200, rows)
})
