migrate((app) => {
  let posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "views_text" }))
  app.save(posts)
  app.db().newQuery("UPDATE posts SET views_text = CAST(views AS TEXT)").execute()

  posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("views")
  posts.fields.getByName("views_text").name = "views"
  app.save(posts)
}, (app) => {
  throw new Error("views cannot be made numbers again")
})
