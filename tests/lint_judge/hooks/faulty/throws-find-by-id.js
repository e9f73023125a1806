// The same by id.
//   > GET /api/show/nothing
//   < 404 !"No such post here"

routerAdd("GET", "/api/show/{id}", (e) => {
  let post = $app.findRecordById("posts", e.request.pathValue("id")) // <--
  if (!post) { // <--
    return e.json(404, { message: "No such post here" })
  }
  return e.json(200, post)
})
