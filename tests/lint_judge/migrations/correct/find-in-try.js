// Whether it is there, in try and catch.
//   > GET /api/collections/books
//   < 200

migrate((app) => {
  let collection
  try {
    collection = app.findCollectionByNameOrId("books")
  } catch {
    collection = new Collection({ name: "books", type: "base" })
  }
  if (!collection.fields.getByName("title")) {
    collection.fields.add(new TextField({ name: "title" }))
  }
  app.save(collection)
}, (app) => {
  try {
    app.delete(app.findCollectionByNameOrId("books"))
  } catch (_) {
    // already gone
  }
})
