// The file that needs the other one has the earlier name.
//   starts: no

// ==== pb_migrations/1800000001_create_books.js
migrate((app) => {
  const authors = app.findCollectionByNameOrId("authors") // <--
  app.save(new Collection({
    name: "books",
    type: "base",
    fields: [{ name: "author", type: "relation", collectionId: authors.id }],
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
// ==== pb_migrations/1800000002_create_authors.js
migrate((app) => { // <--
  app.save(new Collection({ name: "authors", type: "base", fields: [{ name: "name", type: "text" }] })) // <--
}, (app) => {
  app.delete(app.findCollectionByNameOrId("authors"))
})
