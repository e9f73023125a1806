routerAdd("GET", "/author/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  $app.expandRecord(post, ["author"], null)
  const author = post.expandedOne("author")
  return e.json(200, { name: author.get("name") })
})
