// A collection emptied.
//   > GET orders
//   < 200 {"totalItems":0}

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  app.truncateCollection(orders) // <--
}, (app) => {})
