// A snapshot of v0.22.
//   starts: no "Dao is not defined"

/// <reference path="../pb_data/types.d.ts" />
migrate((db) => { // <--
  const snapshot = [
    {
      "id": "a1b2c3d4e5f6g7h",
      "created": "2023-01-01 00:00:00.000Z",
      "updated": "2023-01-01 00:00:00.000Z",
      "name": "todos",
      "type": "base",
      "system": false,
      "schema": [ // <--
        { "system": false, "id": "abcdefgh", "name": "text", "type": "text", "required": false, "presentable": false, "unique": false, "options": { "min": null, "max": null, "pattern": "" } }
      ],
      "indexes": [],
      "listRule": null,
      "viewRule": null,
      "createRule": null,
      "updateRule": null,
      "deleteRule": null,
      "options": {}
    }
  ];

  const collections = snapshot.map((item) => new Collection(item));

  return Dao(db).importCollections(collections, true, null); // <--
}, (db) => {
  return null;
})
