migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  unmarshal({
    "fields": [
      { "name": "summary", "type": "text" }
    ]
  }, collection)
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.removeByName("summary")
  app.save(collection)
})
