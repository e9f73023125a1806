// A field's settings changed where it stands.
//   > POST posts {"title":"0123456789 0123456789 0123456789"}
//   < 400
//   down: 1
//   > POST posts {"title":"0123456789 0123456789 0123456789"}
//   < 200

migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  const title = collection.fields.getByName("title")
  title.max = 30
  title.presentable = true
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.getByName("title").max = 0
  app.save(collection)
})
