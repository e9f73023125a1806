// Fields from JSON text.
//   > GET /api/collections/posts
//   < 200 "lang" "region"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.addMarshaledJSON(JSON.stringify([
    { name: "lang", type: "text", max: 5 },
    { name: "region", type: "select", values: ["eu", "us"], maxSelect: 1 },
  ]))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("lang")
  posts.fields.removeByName("region")
  app.save(posts)
})
