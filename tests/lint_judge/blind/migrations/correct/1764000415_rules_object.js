migrate((app) => {
  const rules = { list: "", view: "", create: "@request.auth.id != ''" }
  const named = Object.fromEntries(Object.entries(rules).map(([k, v]) => [`${k}Rule`, v]))
  app.save(new Collection({
    name: "news", type: "base", ...named,
    fields: [{ name: "headline", type: "text" }],
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("news")))
