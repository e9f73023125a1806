// Both `try` and `catch` hand on.
//   > POST comments {"text":"a","post":"post00000000001"}
//   > POST comments {"text":"b","post":""}
//   > GET comments
//   < 200 {"totalItems":4}

onRecordCreate((e) => {
  let post = null
  try {
    post = $app.findRecordById("posts", e.record.get("post"))
  } catch (_) {
    return e.next()
  }
  e.record.set("text", `${e.record.get("text")} (on ${post.get("title")})`)
  return e.next()
}, "comments")
