migrate((app) => {
  // past the record hooks, so that the token keys stay
  app.db().newQuery("UPDATE users SET email = replace(email, '@example.com', '@example.org')").execute()
}, (app) => {
  app.db().newQuery("UPDATE users SET email = replace(email, '@example.org', '@example.com')").execute()
})
