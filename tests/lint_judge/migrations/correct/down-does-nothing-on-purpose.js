// Only values are changed; there is nothing to take back, and it says so.
//   > GET posts/post00000000002
//   < 200 {"pinned":true}

migrate((app) => {
  const post = app.findRecordById("posts", "post00000000002")
  post.set("pinned", true)
  app.save(post)
}, () => {
  // A pinned post may stay pinned.
})
