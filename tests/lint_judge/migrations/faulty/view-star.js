// A view names its columns.
//   starts: no
//   says: `*`, SELECT *

migrate((app) => {
  app.save(new Collection({
    name: "published",
    type: "view",
    listRule: "",
    viewQuery: "SELECT * FROM posts WHERE status = 'published'", // <--
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("published")))
