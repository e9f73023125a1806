// No field type of this name: the whole list of fields is dropped without a word.
//   > GET /api/collections/books
//   < 200 !"title" !"pages"
//   says: 'string'

migrate((app) => {
  app.save(new Collection({
    name: "books",
    type: "base",
    fields: [
      { name: "title", type: "string" }, // <--
      { name: "pages", type: "number" },
    ],
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
