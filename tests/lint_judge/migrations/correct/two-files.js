// Two files in the order of their names.
//   > GET /api/collections/books
//   < 200 "author"

// ==== pb_migrations/1800000001_create_authors.js
migrate((app) => {
  app.save(new Collection({ name: "authors", type: "base", fields: [{ name: "name", type: "text" }] }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("authors"))
})
// ==== pb_migrations/1800000002_create_books.js
migrate((app) => {
  const authors = app.findCollectionByNameOrId("authors")
  app.save(new Collection({
    name: "books",
    type: "base",
    fields: [{ name: "author", type: "relation", collectionId: authors.id, maxSelect: 1 }],
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
