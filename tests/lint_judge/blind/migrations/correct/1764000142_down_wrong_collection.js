migrate((app) => {
  app.save(new Collection({ id: "pbc_reviews00001", name: "reviews", type: "base", fields: [{ name: "stars", type: "number" }] }))
}, (app) => {
  const collection = app.findCollectionByNameOrId("pbc_reviews00001")
  return app.delete(collection)
})
