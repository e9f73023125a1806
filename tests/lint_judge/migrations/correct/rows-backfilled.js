// Each row is read, changed and saved.
//   > GET posts/post00000000003
//   < 200 {"slug":"third"}

migrate((app) => {
  const slugify = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-")
  for (const post of app.findRecordsByFilter("posts", "slug = ''", "created", 0, 0)) {
    post.set("slug", slugify(post.getString("title")))
    app.save(post)
  }
}, (app) => {
  // slugs may stay
})
