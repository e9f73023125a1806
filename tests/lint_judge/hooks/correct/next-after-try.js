// What may fail is tried; handing on stands after it.
//   > POST comments {"text":"hi","post":""}
//   < 200
//   > GET comments
//   < 200 {"totalItems":3}

onRecordCreate((e) => {
  try {
    const post = $app.findRecordById("posts", e.record.get("post"))
    post.set("views", post.getInt("views") + 1)
    $app.save(post)
  } catch (err) {
    console.log("no post to count for", e.record.get("post"))
  }
  e.next()
}, "comments")
