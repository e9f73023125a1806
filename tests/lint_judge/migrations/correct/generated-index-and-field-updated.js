// What the dashboard writes when a field's settings change: the field again, under its id.
//   > POST orders {"number":"0123456789ABC"}
//   < 400
//   down: 1
//   > GET orders/order0000000001
//   < 200 {"number":"A-1"}

/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  const collection = app.findCollectionByNameOrId("pbc_orders00001")
  const field = collection.fields.getByName("number")

  // update field
  collection.fields.addAt(1, new Field({
    "autogeneratePattern": "",
    "hidden": false,
    "id": field.id,
    "max": 12,
    "min": 0,
    "name": "number",
    "pattern": "",
    "presentable": false,
    "primaryKey": false,
    "required": false,
    "system": false,
    "type": "text"
  }))

  return app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("pbc_orders00001")
  collection.fields.getByName("number").max = 0
  return app.save(collection)
})
