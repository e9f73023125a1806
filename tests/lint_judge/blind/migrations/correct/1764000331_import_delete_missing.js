migrate((app) => {
  const snapshot = [
    { name: "faq", type: "base", listRule: "", fields: [{ name: "q", type: "text" }, { name: "a", type: "editor" }] },
  ]
  return app.importCollectionsByMarshaledJSON(JSON.stringify(snapshot), false)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("faq"))
})
