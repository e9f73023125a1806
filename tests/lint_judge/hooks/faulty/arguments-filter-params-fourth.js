// The values stand where the limit belongs.
//   > GET /api/by-status
//   < 400

routerAdd("GET", "/api/by-status", (e) => {
  const status = e.request.url.query().get("status") || "published"
  const rows = e.app.findRecordsByFilter(
    "posts",
    "status = {:status}",
    "-created",
    { status }, // <--
  )
  return e.json(200, rows)
})
