routerAdd("GET", "/post/{id}/title", function (c) {
  const pathParam = (n) => c.request.pathValue(n)
  const post = $app.findRecordById("posts", pathParam("id"))
  return c.json(200, { title: post.get("title") })
})
