migrate((app) => {
  app.save(new Collection({
    name: "likes", type: "base",
    fields: [
      { name: "post", type: "relation", collectionId: "posts", cascadeDelete: true },
    ],
  }))
}, (app) => { app.delete(app.findCollectionByNameOrId("likes")) })
