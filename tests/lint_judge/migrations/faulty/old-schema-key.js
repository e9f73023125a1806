// `schema` is v0.22's word for `fields`: the collection is made without them.
//   > GET /api/collections/books
//   < 200 !"author"
//   says: `schema`, not `schema`, schema:

migrate((app) => {
  const collection = new Collection({
    name: "books",
    type: "base",
    schema: [ // <--
      { name: "title", type: "text", required: true },
      { name: "author", type: "text" },
    ],
  })
  app.save(collection)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
