migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.createRule = "@request.auth.id != '' && @request.body.author = @request.auth.id && @request.body.views:isset = false"
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.createRule = ""
  app.save(posts)
})
