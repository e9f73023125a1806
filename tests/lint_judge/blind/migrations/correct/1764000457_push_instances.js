migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.push(new TextField({ name: "excerpt" }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("excerpt")
  app.save(posts)
})
