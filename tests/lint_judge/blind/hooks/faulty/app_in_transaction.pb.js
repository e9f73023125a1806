routerAdd("POST", "/transfer", (e) => {
  $app.runInTransaction((txApp) => {
    const post = txApp.findRecordById("posts", "post00000000000")
    post.set("views", 11)
    txApp.save(post)

    const stat = new Record(txApp.findCollectionByNameOrId("stats"))
    stat.set("name", "transfer")
    $app.save(stat)
  })
  return e.noContent(204)
})
