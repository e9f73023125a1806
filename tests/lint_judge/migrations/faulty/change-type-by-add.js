// `add` with a name that is there changes the field, and a type cannot be changed.
//   starts: no "Field type cannot be changed"

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.fields.add(new TextField({ name: "total", max: 20 })) // <--
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.fields.add(new NumberField({ name: "total" }))
  app.save(orders)
})
