migrate((app) => {
  app.db().newQuery("UPDATE posts SET status = 'published' WHERE status = 'draft'")
}, (app) => {
  app.db().newQuery("UPDATE posts SET status = 'draft' WHERE status = 'published'")
})
