// A row's JSON value with keys like those of old.
//   > GET orders?filter=(number='J-1')
//   < 200 "options"

migrate((app) => {
  const order = new Record(app.findCollectionByNameOrId("orders"))
  order.set("number", "J-1")
  order.set("items", [{ name: "shirt", type: "text", options: { size: "m" }, schema: [] }])
  app.save(order)
}, (app) => {
  app.delete(app.findFirstRecordByData("orders", "number", "J-1"))
})
