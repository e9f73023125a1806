// Rows deleted without a condition.
//   > GET comments
//   < 200 {"totalItems":0}

migrate((app) => {
  // start over
  app.db()
    .newQuery(`DELETE FROM comments`) // <--
    .execute()
}, (app) => {
  // nothing to bring back
})
