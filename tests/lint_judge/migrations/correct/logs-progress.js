// console and logger in a migration.
//   > GET /api/collections/books
//   < 200

migrate((app) => {
  console.log("creating books")
  app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
  app.logger().info("books created")
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
