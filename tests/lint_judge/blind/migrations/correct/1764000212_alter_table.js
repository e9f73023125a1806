// ALTER TABLE posts ADD COLUMN subtitle, as PocketBase does it
migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.addAt(2, new TextField({ name: "subtitle" }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const { id } = posts.fields.getByName("subtitle")
  posts.fields.removeById(id)
  app.save(posts)
})
