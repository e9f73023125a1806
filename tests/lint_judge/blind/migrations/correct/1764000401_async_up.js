migrate((app) => {
  const stats = app.findCollectionByNameOrId("stats")
  stats.fields.add(new TextField({ name: "label" }))
  app.save(stats)
}, (app) => {
  const stats = app.findCollectionByNameOrId("stats")
  stats.fields.removeByName("label")
  app.save(stats)
})
