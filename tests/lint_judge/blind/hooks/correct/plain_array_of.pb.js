routerAdd("GET", "/stats/by-status", (e) => {
  const shape = { status: "", n: 0 }
  const result = arrayOf(new DynamicModel(shape))
  $app.db()
    .newQuery("SELECT status, COUNT(*) AS n FROM posts GROUP BY status")
    .all(result)
  return e.json(200, result)
})
