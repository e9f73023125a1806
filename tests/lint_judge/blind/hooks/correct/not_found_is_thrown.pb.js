routerAdd("POST", "/count/{name}", (e) => {
  const name = e.request.pathValue("name")
  let stat = null
  try {
    stat = $app.findFirstRecordByFilter("stats", "name = {:name}", { name })
  } catch (_) { /* none yet */ }
  stat ??= new Record($app.findCollectionByNameOrId("stats"), { name })
  stat.set("count", stat.getInt("count") + 1)
  $app.save(stat)
  return e.json(200, { count: stat.getInt("count") })
})
