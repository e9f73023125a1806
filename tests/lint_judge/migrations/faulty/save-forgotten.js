// The collection is changed and never saved.
//   > GET /api/collections/posts
//   < 200 {"createRule":""}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts") // <--
  posts.createRule = "@request.auth.id != ''" // <--
  posts.fields.add(new BoolField({ name: "featured" })) // <--
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.createRule = ""
  app.save(posts)
})
