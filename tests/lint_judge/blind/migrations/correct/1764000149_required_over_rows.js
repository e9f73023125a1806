migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "language", required: true, max: 5 }))
  app.save(posts)
  // what is there already
  app.db().newQuery("UPDATE posts SET language = 'de' WHERE language = ''").execute()
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("language")
  app.save(posts)
})
