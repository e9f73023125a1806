// The same in pages, without the checks.
//   > GET orders
//   < 200 "\"notes\": \"imported\""

migrate((app) => {
  const size = 100
  for (let page = 0; ; page++) {
    const orders = app.findRecordsByFilter("orders", "id != ''", "id", size, page * size)
    orders.forEach((order) => {
      if (!order.getString("notes")) {
        order.set("notes", "imported")
        app.saveNoValidate(order)
      }
    })
    if (orders.length < size) break
  }
}, (app) => {
  app.db().newQuery("UPDATE orders SET notes = '' WHERE notes = 'imported'").execute()
})
