// Whether there is such a table.
//   > GET /api/collections/books
//   < 200

migrate((app) => {
  if (!app.hasTable("books")) {
    app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
  }
}, (app) => {
  if (app.hasTable("books")) app.delete(app.findCollectionByNameOrId("books"))
})
