// A collection renamed.
//   > GET articles
//   < 200 {"totalItems":3}
//   down: 1
//   > GET posts
//   < 200 {"totalItems":3}

migrate((app) => {
  const collection = app.findCollectionByNameOrId("posts")
  collection.name = "articles"
  app.save(collection)
}, (app) => {
  const collection = app.findCollectionByNameOrId("articles")
  collection.name = "posts"
  app.save(collection)
})
