/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  // 1. customers
  const customers = new Collection({
    type: "base",
    name: "customers",
    listRule: "@request.auth.id != ''",
    fields: [
      { name: "name", type: "text", required: true, presentable: true },
      { name: "mail", type: "email" },
      { name: "created", type: "autodate", onCreate: true },
    ],
    indexes: ["CREATE INDEX idx_customers_name ON customers (name)"],
  })
  app.save(customers)

  // 2. contracts
  const contracts = new Collection({
    type: "base",
    name: "contracts",
    listRule: "@request.auth.id != ''",
    fields: [
      { name: "customer", type: "relation", collectionId: customers.id, maxSelect: 1 },
      { name: "ends", type: "date" },
    ],
  })

  // 3. comments get a flag
  const comments = app.findCollectionByNameOrId("comments")
  comments.fields.add(new BoolField({ name: "hidden_by_mod" }));
  [contracts, comments].forEach((c) => app.save(c))
}, (app) => {
  const comments = app.findCollectionByNameOrId("comments")
  comments.fields.removeByName("hidden_by_mod")
  app.save(comments)
  for (const name of ["contracts", "customers"]) {
    try { app.delete(app.findCollectionByNameOrId(name)) } catch {}
  }
})
