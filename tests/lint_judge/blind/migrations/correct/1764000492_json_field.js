migrate((app) => {
  const c = app.findCollectionByNameOrId("stats")
  c.fields.add(new JSONField({ name: "raw", maxSize: 2000 }))
  app.save(c)
}, (app) => {
  const c = app.findCollectionByNameOrId("stats")
  c.fields.removeByName("raw")
  app.save(c)
})
