// `collection.schema` became `collection.fields`.
//   > GET /api/columns
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/columns", (e) => {
  const posts = $app.findCollectionByNameOrId("posts")
  const names = posts.schema.fields().map((f) => f.name) // <--
  return e.json(200, names)
})
