migrate((app) => {
  const collection = new Collection({
    name: "books",
    type: "base",
    schema: [
      { name: "title", type: "text", required: true },
      { name: "pages", type: "number" },
    ],
  })
  app.save(collection)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
