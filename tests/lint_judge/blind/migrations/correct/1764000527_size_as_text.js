migrate((app) => {
  const MB = 1 << 20
  const c = new Collection({
    name: "uploads", type: "base",
    fields: [{ name: "bild", type: "file", maxSelect: 1, maxSize: 5 * MB }],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("uploads")))
