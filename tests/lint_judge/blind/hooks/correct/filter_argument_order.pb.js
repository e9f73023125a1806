routerAdd("GET", "/api/top", (e) => {
  const posts = $app.findRecordsByFilter("posts", "views > {:min}", "-title", 2, 0, { "min": 5 })
  return e.json(200, posts.map((p) => p.get("title")))
})
