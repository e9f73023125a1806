// Nobody expanded the relation: there is nothing to read.
//   > GET /api/author/post00000000001
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/author/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  const author = post.expandedOne("author") // <--
  return e.json(200, { author: author.get("name") }) // <--
})
