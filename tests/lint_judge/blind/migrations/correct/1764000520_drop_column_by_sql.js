migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeById(posts.fields.getByName("body").id) // the values go with it
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "body" }))
  app.save(posts)
})
