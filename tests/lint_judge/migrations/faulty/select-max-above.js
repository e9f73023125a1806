// More values than there are.
//   starts: no "maxSelect"
//   says: maxSelect

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new SelectField({ name: "channels", values: ["web", "mail"], maxSelect: 3 })) // <--
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("channels")
  app.save(posts)
})
