routerAdd("POST", "/count/{name}", (e) => {
  const name = e.request.pathValue("name")
  let stat = $app.findFirstRecordByFilter("stats", "name = {:name}", { name })
  if (!stat) {
    stat = new Record($app.findCollectionByNameOrId("stats"))
    stat.set("name", name)
  }
  stat.set("count", stat.getInt("count") + 1)
  $app.save(stat)
  return e.json(200, { count: stat.getInt("count") })
})
