// All or nothing, with the transaction's own app.
//   > POST /api/checkout {"fail":true}
//   < 400
//   > GET orders
//   < 200 {"totalItems":2}
//   > POST /api/checkout {}
//   < 200
//   > GET orders
//   < 200 {"totalItems":3}

routerAdd("POST", "/api/checkout", (e) => {
  const { fail } = e.requestInfo().body
  let id = ""
  $app.runInTransaction((txApp) => {
    const order = new Record(txApp.findCollectionByNameOrId("orders"))
    order.load({ number: "T-1", total: 12.5, items: [{ sku: "a", n: 2 }] })
    txApp.save(order)
    if (fail) throw new BadRequestError("declined")
    id = order.id
  })
  return e.json(200, { id })
})
