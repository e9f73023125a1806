// What may be missing is asked for in try and catch.
//   > GET /api/show/nothing
//   < 404 "No such post here"
//   > GET /api/show/post00000000001
//   < 200 {"title":"First"}

routerAdd("GET", "/api/show/{id}", (e) => {
  let post
  try {
    post = $app.findRecordById("posts", e.request.pathValue("id"))
  } catch {
    return e.json(404, { message: "No such post here" })
  }
  return e.json(200, post)
})
