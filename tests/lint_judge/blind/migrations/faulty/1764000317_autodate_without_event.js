migrate((app) => {
  const c = new Collection({ name: "visits", type: "base", fields: [
    { name: "page", type: "text" },
    { name: "created", type: "autodate" },
  ] })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("visits")))
