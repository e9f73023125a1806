migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  unmarshal({ deleteRule: "author = @request.auth.id" }, posts)
  return app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.deleteRule = ""
  return app.save(posts)
})
