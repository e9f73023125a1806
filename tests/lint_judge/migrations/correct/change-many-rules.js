// Rules of several collections from a table.
//   > guest: GET comments
//   < 200 {"totalItems":0}
//   > ann: GET orders
//   < 200 {"totalItems":1}

const RULES = {
  comments: { listRule: "@request.auth.id != ''", createRule: "@request.auth.id != ''" },
  orders: { listRule: "customer = @request.auth.id", updateRule: null },
}

migrate((app) => {
  for (const [name, rules] of Object.entries(RULES)) {
    const collection = app.findCollectionByNameOrId(name)
    Object.assign(collection, rules)
    app.save(collection)
  }
}, (app) => {
  for (const name in RULES) {
    const collection = app.findCollectionByNameOrId(name)
    for (const rule of Object.keys(RULES[name])) collection[rule] = ""
    app.save(collection)
  }
})
