// A column with values in it.
//   > GET posts/post00000000001
//   < 200 !"views"

migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.removeByName("views") // <--
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.fields.add(new NumberField({ name: "views" }))
  app.save(collection)
})
