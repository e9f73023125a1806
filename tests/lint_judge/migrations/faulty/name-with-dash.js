// Names have no dashes.
//   starts: no "name"
//   says: blog-posts

migrate((app) => {
  app.save(new Collection({ name: "blog-posts", type: "base", fields: [{ name: "title", type: "text" }] })) // <--
}, (app) => app.delete(app.findCollectionByNameOrId("blog-posts")))
