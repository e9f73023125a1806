// An async migration hands back a promise, which the runner takes for no result: the server stops.
//   starts: no "Promise"

migrate(async (app) => { // <--
  const name = await Promise.resolve("articles")
  const collection = app.findCollectionByNameOrId(name)
  collection.fields.add(new TextField({ name: "subtitle" }))
  app.save(collection)
}, async (app) => {})
