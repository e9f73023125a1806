migrate((app) => {
  app.db().newQuery("ALTER TABLE comments RENAME TO replies").execute()
}, (app) => {
  app.db().newQuery("ALTER TABLE replies RENAME TO comments").execute()
})
