// Assigned, the new list replaces the old one with all its columns.
//   > GET orders/order0000000001
//   < 200 !"total" !"number"

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.fields = [new TextField({ name: "summary" })] // <--
  app.save(orders)
}, (app) => {
  const orders = app.findCollectionByNameOrId("orders")
  orders.fields.removeByName("summary")
  app.save(orders)
})
