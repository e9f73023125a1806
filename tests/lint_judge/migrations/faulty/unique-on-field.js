// `unique` on a field is not read: the same twice.
//   > POST books {"isbn":"1"}
//   < 200
//   > POST books {"isbn":"1"}
//   < 200
//   says: `unique`

migrate((app) => {
  app.save(new Collection({
    name: "books",
    type: "base",
    fields: [{ name: "isbn", type: "text", unique: true }], // <--
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
