migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  const field = collection.fields.getByName("title")
  field.name = "titel"
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.getByName("titel").name = "title"
  app.save(collection)
})
