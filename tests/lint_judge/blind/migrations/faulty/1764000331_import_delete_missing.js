migrate((app) => {
  const snapshot = [
    { name: "faq", type: "base", listRule: "", fields: [{ name: "q", type: "text" }, { name: "a", type: "editor" }] },
  ]
  return app.importCollections(snapshot, true)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("faq"))
})
