migrate((app) => {
  // new name, same fields
  const c = new Collection({ name: "kommentare", type: "base", listRule: "", fields: [
    { name: "text", type: "text" },
    { name: "post", type: "relation", collectionId: app.findCollectionByNameOrId("posts").id, cascadeDelete: true },
  ] })
  app.save(c)
  app.delete(app.findCollectionByNameOrId("comments"))
}, (app) => {
  const c = app.findCollectionByNameOrId("kommentare")
  c.name = "comments"
  app.save(c)
})
