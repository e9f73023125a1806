// Nothing takes it back: after going down the collection is still there.
//   down: 1
//   > GET /api/collections/books
//   < 200
//   says: down, revert, undo

migrate((app) => { // <--
  const books = new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] })
  app.save(books)
})
