// Duplicates are resolved before the index is made.
//   > POST orders {"number":"A-1"}
//   < 400

migrate((app) => {
  app.db().newQuery("UPDATE orders SET number = id WHERE number = ''").execute()

  const orders = app.findCollectionByNameOrId("orders")
  orders.addIndex("idx_orders_number", true, "number", "")
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.removeIndex("idx_orders_number")
  app.save(orders)
})
