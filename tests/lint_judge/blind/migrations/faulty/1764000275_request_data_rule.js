migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.createRule = "@request.auth.id != '' && @request.data.author = @request.auth.id"
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.createRule = ""
  app.save(posts)
})
