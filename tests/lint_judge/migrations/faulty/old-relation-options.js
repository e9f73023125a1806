// A relation whose target lies in `options`.
//   starts: no "collectionId"
//   says: `options`, options.

migrate((app) => {
  app.save(new Collection({
    name: "reviews",
    type: "base",
    fields: [{ name: "post", type: "relation", options: { collectionId: "pbc_posts000001", cascadeDelete: true } }], // <--
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("reviews"))
})
