// The same with a field.
//   down: 1
//   > GET /api/collections/posts
//   < 200 "subtitle"
//   says: down, revert, undo

migrate((app) => { // <--
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "subtitle" }))
  app.save(posts)
})
