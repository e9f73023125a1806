// `SchemaField` and `schema.addField`.
//   starts: no

migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.schema.addField(new SchemaField({ // <--
    "id": "x1x2x3x4",
    "name": "subtitle",
    "type": "text",
    "required": false
  }))
  return app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.schema.removeField("x1x2x3x4")
  return app.save(collection)
})
