// A snapshot as PocketBase writes it.
//   > GET /api/collections/todos
//   < 200 {"id":"pbc_3202395908"} "done"

/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  const snapshot = [
    {
      "createRule": null,
      "deleteRule": null,
      "fields": [
        {
          "autogeneratePattern": "[a-z0-9]{15}",
          "hidden": false,
          "id": "text3208210256",
          "max": 15,
          "min": 15,
          "name": "id",
          "pattern": "^[a-z0-9]+$",
          "presentable": false,
          "primaryKey": true,
          "required": true,
          "system": true,
          "type": "text"
        },
        {
          "hidden": false,
          "id": "bool989355118",
          "name": "done",
          "presentable": false,
          "required": false,
          "system": false,
          "type": "bool"
        }
      ],
      "id": "pbc_3202395908",
      "indexes": [],
      "listRule": "",
      "name": "todos",
      "system": false,
      "type": "base",
      "updateRule": null,
      "viewRule": ""
    }
  ];

  return app.importCollections(snapshot, false);
}, (app) => {
  return null;
})
