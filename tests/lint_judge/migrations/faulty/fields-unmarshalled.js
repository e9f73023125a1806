// And so does `fields` in unmarshal().
//   > GET orders/order0000000001
//   < 200 !"total"

migrate((app) => {
  const orders = app.findCollectionByNameOrId("orders")
  unmarshal({ // <--
    "listRule": "@request.auth.id != ''",
    "fields": [ // <--
      { "name": "number", "type": "text", "max": 20 }
    ]
  }, orders)
  return app.save(orders)
}, (app) => {
  return null
})
