// Functions without migrate(): loaded, and nothing happens.
//   > GET /api/collections/books
//   < 404
//   says: migrate

function up(app) { // <--
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
}

function down(app) {
  app.delete(app.findCollectionByNameOrId("books"))
}
