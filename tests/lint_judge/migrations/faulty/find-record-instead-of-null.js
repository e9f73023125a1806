// And so does the finder of a record.
//   starts: no "no rows"

migrate((app) => {
  const existing = app.findFirstRecordByData("orders", "number", "DEMO-1") // <--
  if (existing) return // <--

  const order = new Record(app.findCollectionByNameOrId("orders"))
  order.set("number", "DEMO-1")
  app.save(order)
}, (app) => {
  app.delete(app.findFirstRecordByData("orders", "number", "DEMO-1"))
})
