migrate((app) => {
  const c = new Collection({
    name: "pets", type: "base",
    fields: [
      { name: "name", type: "string" },
      { name: "born", type: "date" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("pets")))
