migrate((app) => {
  const c = app.findCollectionByNameOrId("comments")
  unmarshal({ "name": "replies" }, c)
  return app.save(c)
}, (app) => {
  const c = app.findCollectionByNameOrId("replies")
  unmarshal({ "name": "comments" }, c)
  return app.save(c)
})
