// Nor is one in a folder below.
//   > GET /api/collections/books
//   < 404
//   says: folder

// ==== pb_migrations/v2/1800000001_books.js
migrate((app) => { // <--
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
