onRecordCreateRequest((e) => {
  const originalApp = e.app
  e.app.runInTransaction((txApp) => {
    e.app = txApp
    const stat = new Record(txApp.findCollectionByNameOrId("stats"), { name: "in tx" })
    txApp.save(stat)
    return e.next()
  })
  e.app = originalApp
}, "posts")
