migrate((app) => {
  const schema = [
    { name: "title", type: "text", required: true },
    { name: "pages", type: "number" },
  ]
  const collection = new Collection({ name: "books", type: "base", fields: schema })
  app.save(collection)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
