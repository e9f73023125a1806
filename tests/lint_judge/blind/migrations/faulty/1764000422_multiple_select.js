migrate((app) => {
  const c = new Collection({ type: "base", name: "recipes", createRule: "" })
  c.fields.add(new SelectField({ name: "zutaten", values: ["mehl", "ei", "milch"], multiple: true }))
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("recipes")))
