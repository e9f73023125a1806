
// Windows line ends
routerAdd("GET", "/since/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  return e.json(200, { since: post.get("created").toISOString() })
})
