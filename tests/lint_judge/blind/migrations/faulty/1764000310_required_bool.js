migrate((app) => {
  const c = new Collection({
    name: "settings_user", type: "base", createRule: "",
    fields: [{ name: "newsletter", type: "bool", required: true }],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("settings_user")))
