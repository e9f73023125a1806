// The argument is the app; its database is app.db().
//   starts: no "TypeError"

migrate((db) => {
  db.newQuery("UPDATE posts SET views = 0 WHERE views IS NULL").execute() // <--
}, (db) => {})
