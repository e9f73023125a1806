// An index by its method.
//   > GET /api/collections/orders
//   < 200 "idx_orders_status"
//   down: 1
//   > GET /api/collections/orders
//   < 200 !"idx_orders_status"

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.addIndex("idx_orders_status", false, "status, created", "")
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.removeIndex("idx_orders_status")
  app.save(orders)
})
