// The field is called notes: what is set is dropped.
//   > GET orders?filter=(number='D-1')
//   < 200 !"first one"

migrate((app) => {
  const record = new Record(app.findCollectionByNameOrId("orders"))
  record.set("number", "D-1")
  record.set("note", "first one") // <--
  app.save(record)
}, (app) => {
  app.delete(app.findFirstRecordByData("orders", "number", "D-1"))
})
