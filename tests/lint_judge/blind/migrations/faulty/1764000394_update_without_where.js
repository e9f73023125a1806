migrate((app) => {
  // give posts without a slug one
  app.db().newQuery("UPDATE posts SET slug = lower(id)").execute()
}, (app) => {
  // nothing to take back: the slugs may stay
})
