// A module beside the hooks that holds the fields.
//   > GET /api/collections/books
//   < 200 "title"

// ==== pb_migrations/1800000001_books.js
migrate((app) => {
  const { fields } = require(`${__hooks}/shared/fields.js`)
  app.save(new Collection({ name: "books", type: "base", fields }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
// ==== pb_hooks/shared/fields.js
module.exports.fields = [
  { name: "title", type: "text" },
]
