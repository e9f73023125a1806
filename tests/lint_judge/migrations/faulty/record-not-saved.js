// The row is made and never saved.
//   > GET orders
//   < 200 {"totalItems":2}

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  const record = new Record(orders) // <--
  record.set("number", "DEMO-1")
  record.set("total", 10)
}, (app) => {})
