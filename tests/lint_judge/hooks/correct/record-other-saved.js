// Another row is changed and saved.
//   > POST comments {"text":"hi","post":"post00000000001"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"views":6}

onRecordAfterCreateSuccess((e) => {
  const post = $app.findRecordById("posts", e.record.getString("post"))
  post.set("views+", 1)
  $app.save(post)
  e.next()
}, "comments")
