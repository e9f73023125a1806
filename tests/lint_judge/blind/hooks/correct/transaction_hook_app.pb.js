onRecordCreate((e) => {
  e.next()
  $app.runInTransaction((txApp) => {
    const stat = new Record(txApp.findCollectionByNameOrId("stats"), { name: "neu", "count": 1 })
    txApp.save(stat)
  })
}, "posts")

routerAdd("POST", "/both", (e) => {
  e.app.runInTransaction(($app) => {
    const post = new Record($app.findCollectionByNameOrId("posts"), { title: "aus tx" })
    $app.save(post)
  })
  return e.noContent(204)
})
