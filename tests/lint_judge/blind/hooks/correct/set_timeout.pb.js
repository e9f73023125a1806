onRecordAfterUpdateSuccess((e) => {
  e.next()
  // give the indexer some time
  sleep(50)
  const stat = new Record($app.findCollectionByNameOrId("stats"))
  stat.set("name", "indexed")
  $app.save(stat)
}, "posts")
