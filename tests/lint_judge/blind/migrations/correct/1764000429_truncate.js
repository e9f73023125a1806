migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new NumberField({ name: "rating" }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("rating")
  app.save(posts)
})
