// A file that ends in .mjs is not read.
//   > GET /api/collections/books
//   < 404
//   says: mjs

// ==== pb_migrations/1800000001_books.mjs
migrate((app) => { // <--
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
