// A record has no property for its fields: `created` is undefined.
//   > GET /api/age
//   < 200 {"since":"undefined"}

routerAdd("GET", "/api/age", (e) => {
  const post = $app.findRecordById("posts", "post00000000001")
  return e.json(200, { since: String(post.created) }) // <--
})
