routerAdd("GET", "/post/{id}/title", (c) => {
  const id = c.pathParam("id")
  const post = $app.findRecordById("posts", id)
  return c.json(200, { title: post.get("title") })
})
