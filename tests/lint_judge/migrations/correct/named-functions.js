// up and down by name.
//   > GET /api/collections/books
//   < 200
//   down: 1
//   > GET /api/collections/books
//   < 404

function up(app) {
  const books = new Collection({ name: "books", type: "base" })
  books.fields.add(new TextField({ name: "title", required: true }))
  app.save(books)
}

function down(app) {
  const books = app.findCollectionByNameOrId("books")
  app.delete(books)
}

migrate(up, down)
