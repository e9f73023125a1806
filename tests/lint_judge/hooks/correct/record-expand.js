// A relation expanded before it is read.
//   > GET /api/author/post00000000001
//   < 200 {"author":"Ann"}

routerAdd("GET", "/api/author/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  const errors = $app.expandRecord(post, ["author"], null)
  if (Object.keys(errors).length > 0) {
    throw new BadRequestError("no author", errors)
  }
  return e.json(200, { author: post.expandedOne("author").getString("name") })
})
