// 10 comes before 9.
//   starts: no
//   says: order, sort, timestamp, name

// ==== pb_migrations/9_authors.js
migrate((app) => { // <--
  app.save(new Collection({ name: "authors", type: "base", fields: [{ name: "name", type: "text" }] }))
}, (app) => app.delete(app.findCollectionByNameOrId("authors")))
// ==== pb_migrations/10_authors_bio.js
migrate((app) => { // <--
  const authors = app.findCollectionByNameOrId("authors") // <--
  authors.fields.add(new EditorField({ name: "bio" }))
  app.save(authors)
}, (app) => {
  const authors = app.findCollectionByNameOrId("authors")
  authors.fields.removeByName("bio")
  app.save(authors)
})
