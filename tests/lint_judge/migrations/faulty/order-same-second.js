// Two files of one second go by their names: areas before zones.
//   starts: no
//   says: same second, one second, same time

// ==== pb_migrations/1800000005_created_zones.js
migrate((app) => { // <--
  app.save(new Collection({ id: "pbc_zones000001", name: "zones", type: "base", fields: [{ name: "name", type: "text" }] }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("zones"))
})
// ==== pb_migrations/1800000005_created_areas.js
migrate((app) => { // <--
  app.save(new Collection({
    name: "areas",
    type: "base",
    fields: [{ name: "zone", type: "relation", collectionId: "pbc_zones000001" }], // <--
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("areas"))
})
