// The field is called `title`; what is read is always empty.
//   > GET /api/title/post00000000001
//   < 200 {"title":null}

routerAdd("GET", "/api/title/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  return e.json(200, { title: post.get("titel") }) // <--
})
