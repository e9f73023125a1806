// A file that ends in .ts without types in it.
//   > GET /api/collections/books
//   < 200

// ==== pb_migrations/1800000001_books.ts
migrate((app) => {
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
