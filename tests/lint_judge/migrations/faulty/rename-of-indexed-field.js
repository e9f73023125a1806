// A field is renamed that an index names.
//   starts: no

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("slug").name = "permalink" // <--
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("permalink").name = "slug"
  app.save(posts)
})
