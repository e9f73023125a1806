migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  const fields = JSON.parse(toString(collection.fields.marshalJSON ? collection.fields.marshalJSON() : []))
  unmarshal({
    "fields": [
      ...fields,
      { "name": "summary", "type": "text" }
    ]
  }, collection)
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.removeByName("summary")
  app.save(collection)
})
