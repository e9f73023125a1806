// Rows changed by a condition.
//   > GET posts/post00000000002
//   < 200 {"status":"published"}
//   > GET posts/post00000000003
//   < 200 {"views":0}

migrate((app) => {
  app.db()
    .newQuery("UPDATE posts SET status = {:to} WHERE status = {:from}")
    .bind({ from: "draft", to: "published" })
    .execute()
}, (app) => {
  app.db().newQuery("UPDATE posts SET status = 'draft' WHERE id = 'post00000000002'").execute()
})
