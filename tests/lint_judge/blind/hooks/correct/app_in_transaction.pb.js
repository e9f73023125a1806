routerAdd("POST", "/transfer", (e) => {
  const stats = $app.findCollectionByNameOrId("stats") // outside: fine
  $app.runInTransaction((tx) => {
    const post = tx.findRecordById("posts", "post00000000000")
    post.set("views", 11)
    tx.save(post)

    const stat = new Record(stats)
    stat.set("name", "transfer")
    tx.save(stat)
  })
  return e.noContent(204)
})
