migrate((app) => {
  // not DELETE FROM posts, only the archived ones
  app.db().newQuery(`
    DELETE FROM {{posts}}
    WHERE [[status]] = {:status}
  `).bind({ status: "archived" }).execute()
  const old = app.findRecordsByFilter("comments", "post.status = 'archived'")
  for (let i = 0; i < old.length; i++) app.delete(old[i])
}, (app) => {
  throw new Error("deleted rows cannot be brought back")
})
