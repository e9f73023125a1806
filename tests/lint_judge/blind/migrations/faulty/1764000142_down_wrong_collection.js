migrate((app) => {
  app.save(new Collection({ name: "reviews", type: "base", fields: [{ name: "stars", type: "number" }] }))
}, (app) => {
  const collection = app.findCollectionByNameOrId("comments")
  return app.delete(collection)
})
