// A value more in a select.
//   > POST orders {"status":"cancelled"}
//   < 200

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  const status = orders.fields.getByName("status")
  status.values = [...status.values, "cancelled"]
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  const status = orders.fields.getByName("status")
  status.values = status.values.filter((value) => value !== "cancelled")
  app.save(orders)
})
