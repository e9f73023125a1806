migrate((app) => {
  app.db().newQuery(`
    UPDATE users
    SET name = upper(name)
    WHERE tokenKey != ''
  `).execute()
}, (app) => {
  app.db().newQuery("UPDATE users SET name = lower(name)").execute()
})
