// Another copy of the row is changed and never saved.
//   > POST comments {"text":"hi","post":"post00000000001"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"views":5}

onRecordAfterCreateSuccess((e) => {
  const post = $app.findRecordById("posts", e.record.get("post"))
  post.set("views+", 1) // <--
  e.next()
}, "comments")
