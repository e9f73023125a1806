// Indexes as SQL, added to those there are.
//   > GET /api/collections/posts
//   < 200 "idx_posts_slug" "idx_posts_author"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.indexes = [
    ...posts.indexes,
    "CREATE INDEX `idx_posts_author` ON `posts` (`author`) WHERE `status` = 'published'",
  ]
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.indexes = posts.indexes.filter((sql) => !sql.includes("idx_posts_author"))
  app.save(posts)
})
