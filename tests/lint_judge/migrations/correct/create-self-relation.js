// A relation to itself, added once the collection has its id.
//   > GET /api/collections/categories
//   < 200 "parent"

migrate((app) => {
  const categories = new Collection({ name: "categories", type: "base", fields: [{ name: "name", type: "text" }] })
  app.save(categories)
  categories.fields.add(new RelationField({ name: "parent", collectionId: categories.id, maxSelect: 1 }))
  app.save(categories)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("categories"))
})
