migrate((app) => {
  const comments = app.findCollectionByNameOrId("comments")
  comments.fields.removeByName("post")
  app.save(comments)

  const posts = app.findCollectionByNameOrId("posts")
  app.delete(posts)
}, (app) => {
  app.save(new Collection({ name: "posts", type: "base", fields: [{ name: "title", type: "text" }] }))
})
