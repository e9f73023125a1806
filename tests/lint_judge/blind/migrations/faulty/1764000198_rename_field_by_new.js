migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.removeByName("title")
  collection.fields.add(new TextField({ name: "titel" }))
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.removeByName("titel")
  collection.fields.add(new TextField({ name: "title" }))
  app.save(collection)
})
