migrate((app) => {
  const v = new Collection({
    type: "view", name: "posts_per_slug", listRule: "",
    viewQuery: "SELECT slug, COUNT(*) AS total FROM posts GROUP BY slug",
  })
  app.save(v)
}, (app) => { app.delete(app.findCollectionByNameOrId("posts_per_slug")) })
