migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("views")
  posts.fields.add(new TextField({ name: "views" }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("views")
  posts.fields.add(new NumberField({ name: "views" }))
  app.save(posts)
})
