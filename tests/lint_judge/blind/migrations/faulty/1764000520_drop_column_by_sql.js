migrate((app) => {
  app.db().newQuery("ALTER TABLE posts DROP COLUMN body").execute()
}, (app) => {
  app.db().newQuery("ALTER TABLE posts ADD COLUMN body TEXT DEFAULT '' NOT NULL").execute()
})
