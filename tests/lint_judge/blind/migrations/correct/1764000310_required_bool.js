migrate((app) => {
  const c = new Collection({
    name: "settings_user", type: "base", createRule: "",
    fields: [
      { name: "newsletter", type: "bool", required: false },
      { name: "nick", type: "text", required: false, autogeneratePattern: "[a-z]{8}" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("settings_user")))
