// A JSON field is read as raw bytes: `.pinned` of it is undefined.
//   > GET /api/pinned/post00000000002
//   < 200 {"pinned":false}

routerAdd("GET", "/api/pinned/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  const meta = post.get("meta")
  return e.json(200, { pinned: !!meta.pinned }) // <--
})
