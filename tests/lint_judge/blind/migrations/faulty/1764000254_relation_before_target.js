migrate((app) => {
  const chapters = new Collection({
    id: "pbc_chapters0001", name: "chapters", type: "base",
    fields: [{ name: "book", type: "relation", collectionId: "pbc_books0000001" }],
  })
  const books = new Collection({
    id: "pbc_books0000001", name: "books", type: "base",
    fields: [{ name: "title", type: "text" }],
  })
  app.save(chapters)
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("chapters"))
  app.delete(app.findCollectionByNameOrId("books"))
})
