// The rows that are there are not unique.
//   starts: no "UNIQUE"

migrate((app) => {
  app.db().newQuery("UPDATE orders SET number = 'same'").execute() // <--
  const orders = app.findCollectionByNameOrId("orders")
  orders.addIndex("idx_orders_number", true, "number", "") // <--
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.removeIndex("idx_orders_number")
  app.save(orders)
})
