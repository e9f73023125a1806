migrate((app) => {
  // make the doubles distinct first
  app.db().newQuery(`
    UPDATE posts SET slug = slug || '-' || id
    WHERE EXISTS (SELECT 1 FROM posts p WHERE p.slug = posts.slug AND p.id != posts.id)
  `).execute()
  const posts = app.findCollectionByNameOrId("posts")
  posts.indexes = [...posts.indexes, "CREATE UNIQUE INDEX idx_posts_slug ON posts (slug)"]
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.removeIndex("idx_posts_slug")
  app.save(posts)
})
