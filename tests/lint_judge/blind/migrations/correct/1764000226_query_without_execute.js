migrate((app) => {
  const q = app.db().newQuery("UPDATE posts SET status = {:new} WHERE status = {:old}")
  q.bind({ new: "published", old: "draft" })
  q.execute()
}, (app) => {
  app.db().update("posts", { status: "draft" }, $dbx.hashExp({ status: "published" })).execute()
})
