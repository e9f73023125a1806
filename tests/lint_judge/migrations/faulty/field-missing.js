// No such field: null has no property to set.
//   starts: no "TypeError"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("subtitle").max = 100 // <--
  app.save(posts)
}, (app) => {})
