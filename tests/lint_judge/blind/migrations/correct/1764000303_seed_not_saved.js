migrate((app) => {
  const collection = app.findCollectionByNameOrId("stats")
  for (const name of ["visits", "clicks"]) app.save(new Record(collection, { name, count: 0 }))
}, (app) => {
  for (const r of app.findRecordsByFilter("stats", "name = 'visits' || name = 'clicks'", "", 0, 0)) app.delete(r)
})
