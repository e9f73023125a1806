// The same by its id, as an older migration had it.
//   > GET orders/order0000000001
//   < 200 !"total"

migrate((app) => {
  const orders = app.findCollectionByNameOrId("pbc_orders00001")
  const total = orders.fields.getByName("total")

  // remove field
  orders.fields.removeById(total.id) // <--

  return app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("pbc_orders00001")
  orders.fields.addAt(4, new Field({ name: "total", type: "number" }))
  return app.save(orders)
})
