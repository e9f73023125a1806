routerAdd("POST", "/visit", (e) => {
  const visita = new Record($app.findCachedCollectionByNameOrId("stats"), { name: "visita", count: 1 })
  $app.save(visita)
  return e.json(200, visita)
})
