// The finder throws where there is no such collection.
//   starts: no "no rows"

migrate((app) => {
  if (!app.findCollectionByNameOrId("books")) { // <--
    app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
  }
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
