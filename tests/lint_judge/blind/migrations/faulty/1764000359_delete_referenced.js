migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  app.delete(posts)
}, (app) => {
  app.save(new Collection({ name: "posts", type: "base", fields: [{ name: "title", type: "text" }] }))
})
