routerAdd("GET", "/sum", (e) => {
  const rows = $app.db().newQuery("SELECT slug, SUM(views) AS total FROM posts GROUP BY slug ORDER BY slug").all()
  return e.json(200, rows.map((r) => r.total))
})
