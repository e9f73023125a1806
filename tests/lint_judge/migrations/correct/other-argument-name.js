// The argument may be called db, as long as it is used as the app it is.
//   > GET /api/collections/posts
//   < 200 "featured"

migrate((db) => {
  const posts = db.findCollectionByNameOrId("posts")
  posts.fields.add(new BoolField({ name: "featured" }))
  db.save(posts)
  db.db().newQuery("UPDATE posts SET featured = TRUE WHERE views > 5").execute()
}, (db) => {
  const posts = db.findCollectionByNameOrId("posts")
  posts.fields.removeByName("featured")
  db.save(posts)
})
