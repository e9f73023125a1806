// What the dashboard writes for a new collection.
//   > GET /api/collections/notes
//   < 200 {"id":"pbc_3395098727"}
//   down: 1
//   > GET /api/collections/notes
//   < 404

/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  const collection = new Collection({
    "createRule": null,
    "deleteRule": null,
    "fields": [
      {
        "autogeneratePattern": "",
        "hidden": false,
        "id": "text1579384326",
        "max": 0,
        "min": 0,
        "name": "name",
        "pattern": "",
        "presentable": false,
        "primaryKey": false,
        "required": false,
        "system": false,
        "type": "text"
      }
    ],
    "id": "pbc_3395098727",
    "indexes": [],
    "listRule": null,
    "name": "notes",
    "system": false,
    "type": "base",
    "updateRule": null,
    "viewRule": null
  });

  return app.save(collection);
}, (app) => {
  const collection = app.findCollectionByNameOrId("pbc_3395098727");

  return app.delete(collection);
})
