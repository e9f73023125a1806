// A field added, and removed by the down.
//   > PATCH posts/post00000000001 {"subtitle":"s"}
//   < 200 {"subtitle":"s"}
//   down: 1
//   > GET posts/post00000000001
//   < 200 {"title":"First"} !"subtitle"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "subtitle", max: 120 }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("subtitle")
  app.save(posts)
})
