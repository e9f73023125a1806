// Both are made before the one points at the other.
//   > GET /api/collections/chapters
//   < 200 "book"
//   > GET /api/collections/books
//   < 200 "cover"

migrate((app) => {
  app.importCollections([
    {
      id: "pbc_books000001",
      name: "books",
      type: "base",
      fields: [{ name: "cover", type: "relation", collectionId: "pbc_chapters001", maxSelect: 1 }],
    },
    {
      id: "pbc_chapters001",
      name: "chapters",
      type: "base",
      fields: [{ name: "book", type: "relation", collectionId: "pbc_books000001", maxSelect: 1 }],
    },
  ], false)
}, (app) => {
  const books = app.findCollectionByNameOrId("books")
  books.fields.removeByName("cover")
  app.save(books)
  app.delete(app.findCollectionByNameOrId("chapters"))
  app.delete(books)
})
