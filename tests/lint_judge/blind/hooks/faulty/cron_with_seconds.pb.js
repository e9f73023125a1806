cronAdd("nightly", "0 30 2 * * *", () => {
  $app.db().newQuery("UPDATE posts SET views = 0 WHERE status = 'archived'").execute()
})
