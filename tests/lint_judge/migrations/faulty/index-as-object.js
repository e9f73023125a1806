// Indexes are SQL.
//   starts: no
//   says: indexes is

migrate((app) => {
  const books = new Collection({
    name: "books",
    type: "base",
    fields: [{ name: "isbn", type: "text" }],
    indexes: [{ name: "idx_isbn", columns: ["isbn"], unique: true }], // <--
  })
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
