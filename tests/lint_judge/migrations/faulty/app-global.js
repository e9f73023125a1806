// `$app` is not there in a migration.
//   starts: no "$app is not defined"

migrate((app) => {
  const posts = $app.findCollectionByNameOrId("posts") // <--
  posts.listRule = "status = 'published'"
  $app.save(posts) // <--
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.listRule = ""
  app.save(posts)
})
