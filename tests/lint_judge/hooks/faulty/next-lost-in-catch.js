// The lookup throws, catch writes a line, and the comment is gone.
//   > POST comments {"text":"hi","post":""}
//   < 200 {"text":"hi"}
//   > GET comments
//   < 200 {"totalItems":2}

onRecordCreate((e) => { // <--
  try {
    const post = $app.findRecordById("posts", e.record.get("post"))
    post.set("views", post.getInt("views") + 1)
    $app.save(post)
    e.next()
  } catch (err) { // <--
    console.log("could not count", err) // <--
  }
}, "comments")
