// The values stand where the sorting belongs.
//   > GET /api/by-status
//   < 400

routerAdd("GET", "/api/by-status", (e) => {
  const rows = $app.findRecordsByFilter("posts", "status = {:s}", { s: "published" }) // <--
  return e.json(200, rows)
})
