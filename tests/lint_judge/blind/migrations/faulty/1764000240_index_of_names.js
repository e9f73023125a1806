migrate((app) => {
  const c = new Collection({
    name: "cities", type: "base",
    fields: [{ name: "zip", type: "text" }, { name: "city", type: "text" }],
    indexes: ["zip", "city"],
  })
  app.save(c)
}, (app) => { app.delete(app.findCollectionByNameOrId("cities")) })
