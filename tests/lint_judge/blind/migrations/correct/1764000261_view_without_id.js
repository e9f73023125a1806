migrate((app) => {
  const v = new Collection({
    type: "view", name: "posts_per_slug", listRule: "",
    viewQuery: `
      SELECT (ROW_NUMBER() OVER ()) AS id, slug, COUNT(*) AS total
      FROM posts
      GROUP BY slug
    `,
  })
  app.save(v)
}, (app) => { app.delete(app.findCollectionByNameOrId("posts_per_slug")) })
