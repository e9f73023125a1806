// A field renamed keeps what is in it.
//   > GET posts/post00000000001
//   < 200 {"hits":5}
//   down: 1
//   > GET posts/post00000000001
//   < 200 {"views":5}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("views").name = "hits"
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("hits").name = "views"
  app.save(posts)
})
