migrate((app) => {
  const cascade_delete = true
  const c = new Collection({
    name: "notes", type: "base", createRule: "",
    fields: [
      { name: "owner", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1, cascadeDelete: cascade_delete },
      { name: "text", type: "text" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("notes")))
