// Required, after all rows have been given one.
//   > PATCH posts/post00000000001 {"views":9}
//   < 200 {"lang":"en"}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "lang", max: 5 }))
  app.save(posts)

  app.db().newQuery("UPDATE posts SET lang = 'en' WHERE lang = ''").execute()

  posts.fields.getByName("lang").required = true
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("lang")
  app.save(posts)
})
