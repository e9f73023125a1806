// Rules set and set back.
//   > guest: GET posts
//   < 200 {"totalItems":2}
//   down: 1
//   > guest: GET posts
//   < 200 {"totalItems":3}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.listRule = "status = 'published' || author = @request.auth.id"
  posts.deleteRule = null
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.listRule = ""
  posts.deleteRule = ""
  app.save(posts)
})
