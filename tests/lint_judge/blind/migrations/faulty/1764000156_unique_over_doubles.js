migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.indexes = [...posts.indexes, "CREATE UNIQUE INDEX idx_posts_slug ON posts (slug)"]
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.removeIndex("idx_posts_slug")
  app.save(posts)
})
