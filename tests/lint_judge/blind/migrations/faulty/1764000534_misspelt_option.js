migrate((app) => {
  const c = new Collection({
    name: "notes", type: "base", createRule: "",
    fields: [
      { name: "owner", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1, cascade_delete: true },
      { name: "text", type: "text" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("notes")))
