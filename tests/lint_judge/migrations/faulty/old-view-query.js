// A view whose query lies in `options`.
//   starts: no "viewQuery"
//   says: `options`, options.

migrate((app) => {
  app.save(new Collection({
    name: "post_stats",
    type: "view",
    listRule: "",
    options: { query: "SELECT id, views FROM posts" }, // <--
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("post_stats"))
})
