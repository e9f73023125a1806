// A relation's target is an id, not a name.
//   starts: no "collectionId"
//   says: 'users'

migrate((app) => {
  const books = new Collection({
    name: "books",
    type: "base",
    fields: [
      { name: "owner", type: "relation", collectionId: "users", maxSelect: 1 }, // <--
    ],
  })
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
