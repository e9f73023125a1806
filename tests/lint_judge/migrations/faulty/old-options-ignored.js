// `options` around a field's settings is not read: the limit is not there.
//   > GET /api/collections/books
//   < 200 !"\"max\": 12"
//   > POST books {"isbn":"much longer than twelve"}
//   < 200
//   says: `options`, options.

migrate((app) => {
  let collection = new Collection({
    name: "books",
    type: "base",
    fields: [
      { name: "isbn", type: "text", options: { min: 10, max: 12 } }, // <--
    ],
  })
  return app.save(collection)
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
