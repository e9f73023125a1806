// The plainest: made, and taken back.
//   > GET /api/collections/books
//   < 200 "title" "author"
//   down: 1
//   > GET /api/collections/books
//   < 404

/// <reference path="../pb_data/types.d.ts" />
migrate((app) => {
  const collection = new Collection({
    name: "books",
    type: "base",
    listRule: "",
    viewRule: "",
    fields: [
      { name: "title", type: "text", required: true, max: 200 },
      { name: "author", type: "text" },
    ],
  })
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("books")
  app.delete(collection)
})
