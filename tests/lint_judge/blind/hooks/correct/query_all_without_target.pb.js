routerAdd("GET", "/sum", (e) => {
  const rows = arrayOf(new DynamicModel({ slug: "", total: 0 }))
  $app.db()
    .newQuery("SELECT slug, SUM(views) AS total FROM posts GROUP BY slug ORDER BY slug")
    .all(rows)
  return e.json(200, rows.map((r) => r.total))
})
