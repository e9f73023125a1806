migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")

  // add field
  collection.fields.addAt(3, new Field({
    "hidden": false,
    "id": "bool1234",
    "name": "featured",
    "presentable": false,
    "required": false,
    "system": false,
    "type": "bool"
  }))

  return app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")

  // remove field
  collection.fields.removeById("bool1234")

  return app.save(collection)
})
