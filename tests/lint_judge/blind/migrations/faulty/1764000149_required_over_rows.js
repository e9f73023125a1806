migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "language", required: true, max: 5 }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("language")
  app.save(posts)
})
