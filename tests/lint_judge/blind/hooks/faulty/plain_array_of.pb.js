routerAdd("GET", "/stats/by-status", (e) => {
  const result = arrayOf({ status: "", n: 0 })
  $app.db()
    .newQuery("SELECT status, COUNT(*) AS n FROM posts GROUP BY status")
    .all(result)
  return e.json(200, result)
})
