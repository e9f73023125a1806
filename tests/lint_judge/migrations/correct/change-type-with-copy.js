// Another type by a new field, a copy, and the old one left where it is.
//   > GET posts/post00000000001
//   < 200 {"viewsText":"5","views":5}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "viewsText" }))
  app.save(posts)
  app.db().newQuery("UPDATE {{posts}} SET [[viewsText]] = CAST([[views]] AS TEXT) WHERE [[views]] > 0").execute()
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("viewsText")
  app.save(posts)
})
