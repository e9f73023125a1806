onRecordAfterUpdateSuccess((e) => {
  e.next()
  // give the indexer some time
  setTimeout(() => {
    const stat = new Record($app.findCollectionByNameOrId("stats"))
    stat.set("name", "indexed")
    $app.save(stat)
  }, 50)
}, "posts")
