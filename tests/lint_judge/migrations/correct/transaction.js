// All or nothing, with the transaction's own app.
//   > GET posts/post00000000001
//   < 200 {"views":6}

migrate((app) => {
  app.runInTransaction((txApp) => {
    const post = txApp.findRecordById("posts", "post00000000001")
    post.set("views+", 1)
    txApp.save(post)
  })
}, (app) => {
  const post = app.findRecordById("posts", "post00000000001")
  post.set("views-", 1)
  app.save(post)
})
