// An import in the old shape.
//   > GET /api/collections/books
//   < 200 !"pages"
//   says: `schema`, not `schema`, schema:

migrate((app) => {
  const collections = JSON.parse(`[{"name":"books","type":"base","schema":[{"name":"pages","type":"number"}]}]`) // <--
  return app.importCollections(collections, false) // <--
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
