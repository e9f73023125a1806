// SQL from templates in templates, with quotes that look like ends.
//   > GET posts/post00000000001
//   < 200 {"body":"<p>`one`</p>"}

migrate((app) => {
  const ids = ["post00000000001", "post00000000009"]
  const list = `(${ids.map((id) => `'${id.replace(/'/g, "''")}'`).join(", ")})`
  app.db().newQuery(`UPDATE posts SET body = '<p>\`one\`</p>' WHERE id IN ${list}`).execute()
}, (app) => {
  app.db().newQuery("UPDATE posts SET body = '<p>one</p>' WHERE id = 'post00000000001'").execute()
})
