// A view that names its columns.
//   > GET post_stats
//   < 200 {"totalItems":3}
//   down: 1
//   > GET /api/collections/post_stats
//   < 404

migrate((app) => {
  const view = new Collection({
    name: "post_stats",
    type: "view",
    listRule: "",
    viewRule: "",
    viewQuery: `
      SELECT posts.id, posts.title, COUNT(comments.id) AS comments
      FROM posts
      LEFT JOIN comments ON comments.post = posts.id
      GROUP BY posts.id
    `,
  })
  app.save(view)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("post_stats"))
})
