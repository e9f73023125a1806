migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const doc = posts.fields.getByName("doc")
  doc.mimeTypes = ["text/plain", "application/pdf"]
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("doc").mimeTypes = []
  app.save(posts)
})
