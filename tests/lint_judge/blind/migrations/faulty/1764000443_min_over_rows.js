migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("views").min = 50
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("views").min = null
  app.save(posts)
})
