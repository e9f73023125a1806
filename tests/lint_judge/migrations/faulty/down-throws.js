// The down speaks of a collection that the up has not made.
//   down: 1
//   > GET /api/collections/books
//   < 200

migrate((app) => {
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
}, (app) => {
  app.delete($app.findCollectionByNameOrId("books")) // <--
})
