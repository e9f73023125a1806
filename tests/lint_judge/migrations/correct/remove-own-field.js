// What one migration has added, a later one may take away again: nothing was in it yet.
//   > GET /api/collections/posts
//   < 200 "kicker"
//   down: 1
//   > GET /api/collections/posts
//   < 200 !"kicker"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const kicker = new TextField({ name: "kicker" })
  kicker.max = 60
  posts.fields.addAt(2, kicker)
  return app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("kicker")
  return app.save(posts)
})
