migrate((app) => {
  app.db().newQuery(`
    UPDATE users
    SET name = upper(name), tokenKey = hex(randomblob(25))
  `).execute()
}, (app) => {
  app.db().newQuery("UPDATE users SET name = lower(name)").execute()
})
