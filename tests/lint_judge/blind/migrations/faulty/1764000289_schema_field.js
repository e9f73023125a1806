migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")

  // add
  collection.schema.addField(new SchemaField({
    "id": "abcd1234",
    "name": "featured",
    "type": "bool",
    "options": {}
  }))

  return app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.schema.removeField("abcd1234")
  return app.save(collection)
})
