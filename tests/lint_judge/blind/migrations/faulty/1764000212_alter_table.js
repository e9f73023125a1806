migrate((app) => {
  app.db().newQuery("ALTER TABLE posts ADD COLUMN subtitle TEXT DEFAULT ''").execute()
}, (app) => {
  app.db().newQuery("ALTER TABLE posts DROP COLUMN subtitle").execute()
})
