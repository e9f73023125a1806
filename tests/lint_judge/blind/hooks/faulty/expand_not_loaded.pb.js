routerAdd("GET", "/author/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  const author = post.expandedOne("author")
  return e.json(200, { name: author.get("name") })
})
