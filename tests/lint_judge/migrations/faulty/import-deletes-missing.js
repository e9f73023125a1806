// `true` deletes all collections that the list does not have.
//   > GET orders
//   < 404
//   > GET posts
//   < 404

migrate((app) => {
  const snapshot = [
    {
      name: "books",
      type: "base",
      fields: [{ name: "title", type: "text" }],
    },
  ]
  return app.importCollections(snapshot, true) // <--
}, (app) => {
  return null
})
