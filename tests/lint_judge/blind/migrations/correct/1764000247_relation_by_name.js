migrate((app) => {
  app.save(new Collection({
    name: "likes", type: "base",
    fields: [
      { name: "post", type: "relation", collectionId: app.findCollectionByNameOrId("posts").id, cascadeDelete: true },
      { name: "user", type: "relation", collectionId: "_pb_users_auth_" },
    ],
  }))
}, (app) => { app.delete(app.findCollectionByNameOrId("likes")) })
