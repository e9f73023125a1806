// The column of the index is not there: a new collection has no `created`.
//   starts: no "indexes"
//   says: no such column, created

migrate((app) => {
  const books = new Collection({
    name: "books",
    type: "base",
    fields: [{ name: "title", type: "text" }],
    indexes: ["CREATE INDEX idx_books_created ON books (created)"], // <--
  })
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
