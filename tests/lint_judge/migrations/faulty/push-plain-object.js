// `fields.push` with an object.
//   starts: no

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.push({ name: "subtitle", type: "text" }) // <--
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("subtitle")
  app.save(posts)
})
