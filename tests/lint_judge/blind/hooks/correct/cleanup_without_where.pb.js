cronAdd("cleanup", "0 4 * * *", () => {
  // DELETE FROM posts <- never without a where
  $app.db()
    .newQuery("DELETE FROM posts WHERE status = {:status} AND created < {:bis}")
    .bind({ status: "archived", bis: new DateTime().addDate(-1, 0, 0).string() })
    .execute()
})
