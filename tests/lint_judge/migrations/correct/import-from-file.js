// JSON in a file below pb_hooks.
//   > GET /api/collections/books
//   < 200 "title"

// ==== pb_migrations/1800000001_books.js
migrate((app) => {
  const folder = `${__hooks}/data`
  const raw = toString($os.readFile(`${folder}/books.json`))
  app.importCollections(JSON.parse(raw), false)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
// ==== pb_hooks/data/books.json
[{ "name": "books", "type": "base", "fields": [{ "name": "title", "type": "text" }] }]
