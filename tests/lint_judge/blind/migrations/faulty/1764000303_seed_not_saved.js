migrate((app) => {
  const collection = app.findCollectionByNameOrId("stats")
  const visits = new Record(collection)
  visits.set("name", "visits")
  visits.set("count", 0)
}, (app) => {
  const visits = app.findFirstRecordByData("stats", "name", "visits")
  app.delete(visits)
})
