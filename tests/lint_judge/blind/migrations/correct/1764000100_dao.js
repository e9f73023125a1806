/// <reference path="../pb_data/types.d.ts" />
migrate((db) => { // the app, whatever it is called
  const collection = db.findCollectionByNameOrId("posts")
  collection.listRule = "@request.auth.id != ''"
  return db.save(collection)
}, (db) => {
  const collection = db.findCollectionByNameOrId("posts")
  collection.listRule = ""
  return db.save(collection)
})
