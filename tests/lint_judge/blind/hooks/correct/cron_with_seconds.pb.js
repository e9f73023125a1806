cronAdd("nightly", "30 2 * * 1-5", () => {
  $app.db().newQuery("UPDATE posts SET views = 0 WHERE status = 'archived'").execute()
})
cronAdd("macro", "@hourly", () => {})
cronAdd("listed", "*/15 0,12 1-7/2 * *", () => {})
