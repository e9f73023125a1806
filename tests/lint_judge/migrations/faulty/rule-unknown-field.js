// A rule that speaks of a field that is not there.
//   starts: no "listRule"
//   says: owner

migrate((app) => {
  const books = new Collection({
    name: "books",
    type: "base",
    listRule: "owner = @request.auth.id", // <--
    fields: [{ name: "title", type: "text" }],
  })
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
