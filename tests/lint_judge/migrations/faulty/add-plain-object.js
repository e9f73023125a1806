// `fields.add` wants a field, not an object.
//   starts: no "TypeError"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add({ name: "subtitle", type: "text", max: 200 }) // <--
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("subtitle")
  app.save(posts)
})
