// An import from JSON text.
//   > GET /api/collections/books
//   < 200 "pages"

migrate((app) => {
  const json = `[
    {"name": "books", "type": "base", "fields": [{"name": "pages", "type": "number", "onlyInt": true}]}
  ]`
  return app.importCollections(JSON.parse(json), false)
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
