onRecordDeleteRequest((e) => {
  const post = e.app.findRecordById("posts", e.record.id)
  post.set("status", "archived")
  e.app.save(post)
  return e.noContent(204)
}, "posts")
