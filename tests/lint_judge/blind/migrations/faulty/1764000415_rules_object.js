migrate((app) => {
  app.save(new Collection({
    name: "news", type: "base",
    rules: { list: "", view: "", create: "@request.auth.id != ''" },
    fields: [{ name: "headline", type: "text" }],
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("news")))
