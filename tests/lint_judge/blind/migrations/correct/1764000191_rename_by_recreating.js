migrate((app) => {
  const c = app.findCollectionByNameOrId("comments")
  c.name = "kommentare" // same table, new name
  app.save(c)
}, (app) => {
  const c = app.findCollectionByNameOrId("kommentare")
  c.name = "comments"
  app.save(c)
})
