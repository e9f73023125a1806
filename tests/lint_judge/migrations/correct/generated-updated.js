// What it writes for a changed one.
//   > GET /api/collections/posts
//   < 200 "subtitle" {"listRule":"status = 'published'"}
//   down: 1
//   > GET /api/collections/posts
//   < 200 !"subtitle" {"listRule":""}

/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  const collection = app.findCollectionByNameOrId("pbc_posts000001")

  // update collection data
  unmarshal({
    "listRule": "status = 'published'"
  }, collection)

  // add field
  collection.fields.addAt(3, new Field({
    "autogeneratePattern": "",
    "hidden": false,
    "id": "text1111111111",
    "max": 0,
    "min": 0,
    "name": "subtitle",
    "pattern": "",
    "presentable": false,
    "primaryKey": false,
    "required": false,
    "system": false,
    "type": "text"
  }))

  return app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("pbc_posts000001")

  // update collection data
  unmarshal({
    "listRule": ""
  }, collection)

  // remove field
  collection.fields.removeById("text1111111111")

  return app.save(collection)
})
