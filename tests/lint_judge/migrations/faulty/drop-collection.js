// The orders are gone, whatever was in them, and the down brings back an empty collection.
//   > GET orders
//   < 404
//   down: 1
//   > GET orders
//   < 200 {"totalItems":0}
//   says: 'orders'

migrate((app) => {
  const collection = app.findCollectionByNameOrId("orders")
  return app.delete(collection) // <--
}, (app) => {
  const collection = new Collection({
    id: "pbc_orders00001",
    name: "orders",
    type: "base",
    listRule: "",
    fields: [{ name: "number", type: "text" }, { name: "total", type: "number" }],
  })
  return app.save(collection)
})
