// Index names are unique in the whole database.
//   starts: no "indexes"
//   says: idx_pages_slug

migrate((app) => {
  const col = new Collection({
    name: "pages",
    type: "base",
    fields: [{ name: "slug", type: "text" }],
    indexes: [
      "CREATE UNIQUE INDEX idx_pages_slug ON pages (slug)",
      "CREATE INDEX idx_pages_slug ON pages (slug, id)", // <--
    ],
  })
  app.save(col)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("pages"))
})
