// A field that is removed and added under another name has lost what was in it.
//   > GET posts/post00000000001
//   < 200 {"headline":""}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("title") // <--
  posts.fields.add(new TextField({ name: "headline", max: 200 }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("headline")
  posts.fields.add(new TextField({ name: "title" }))
  app.save(posts)
})
