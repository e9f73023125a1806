// Whether it is there, by a list.
//   > GET orders?filter=(number='DEMO-1')
//   < 200 {"totalItems":1}
//   down: 1
//   > GET orders?filter=(number='DEMO-1')
//   < 200 {"totalItems":0}

migrate((app) => {
  const found = app.findRecordsByFilter("orders", "number = {:n}", "", 1, 0, { n: "DEMO-1" })
  if (found.length) return

  const order = new Record(app.findCollectionByNameOrId("orders"))
  order.set("number", "DEMO-1")
  order.set("total", 12.5)
  app.save(order)
}, (app) => {
  for (const order of app.findRecordsByFilter("orders", "number = 'DEMO-1'", "", 0, 0)) {
    app.delete(order)
  }
})
