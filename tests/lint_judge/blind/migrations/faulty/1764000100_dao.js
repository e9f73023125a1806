/// <reference path="../pb_data/types.d.ts" />
migrate((db) => {
  const dao = new Dao(db)
  const collection = dao.findCollectionByNameOrId("posts")
  collection.listRule = "@request.auth.id != ''"
  return dao.saveCollection(collection)
}, (db) => {
  const dao = new Dao(db)
  const collection = dao.findCollectionByNameOrId("posts")
  collection.listRule = ""
  return dao.saveCollection(collection)
})
