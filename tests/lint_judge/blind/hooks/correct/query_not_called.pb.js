routerAdd("GET", "/search", (e) => {
  const q = e.request.url.query().get("q") || e.requestInfo().query.q || ""
  const n = $app.findRecordsByFilter("posts", "title ~ {:q}", "title", 20, 0, { q }).length
  return e.json(200, { n })
})
