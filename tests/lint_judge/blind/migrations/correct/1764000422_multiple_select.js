migrate((app) => {
  const zutaten = ["mehl", "ei", "milch"], multiple = true
  const c = new Collection({ type: "base", name: "recipes", createRule: "" })
  c.fields.add(new SelectField({ name: "zutaten", values: zutaten, maxSelect: multiple ? zutaten.length : 1 }))
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("recipes")))
