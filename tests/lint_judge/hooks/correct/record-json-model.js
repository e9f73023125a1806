// JSON through unmarshalJSONField.
//   > GET /api/pinned/post00000000002
//   < 200 {"pinned":true}

routerAdd("GET", "/api/pinned/{id}", (e) => {
  const post = $app.findRecordById("posts", e.request.pathValue("id"))
  const meta = new DynamicModel({ pinned: false })
  post.unmarshalJSONField("meta", meta)
  return e.json(200, { pinned: meta.pinned })
})
