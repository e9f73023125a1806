migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.deleteRule = "author = @request.auth.id"
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.deleteRule = ""
})
