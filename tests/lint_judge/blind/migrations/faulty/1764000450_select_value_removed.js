migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const status = posts.fields.getByName("status")
  status.values = ["entwurf", "published", "archived"]
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("status").values = ["draft", "published", "archived"]
  app.save(posts)
})
