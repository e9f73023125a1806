migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const views = posts.fields.getByName("views")
  views.min = 0
  views.onlyInt = true
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("views").min = null
  posts.fields.getByName("views").onlyInt = false
  app.save(posts)
})
