routerAdd("GET", "/api/top", (e) => {
  const posts = $app.findRecordsByFilter("posts", "views > 5", 2, 0, "-title")
  return e.json(200, posts.map((p) => p.get("title")))
})
