// Removed and added with another type: emptied.
//   > GET posts/post00000000001
//   < 200 {"views":""}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("views") // <--
  posts.fields.add(new TextField({ name: "views" }))
  return app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("views")
  posts.fields.add(new NumberField({ name: "views" }))
  return app.save(posts)
})
