// `cond && e.next()`: without a title of its own a post is lost.
//   > POST posts {"title":"Untitled"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":3}

onRecordCreate((e) => { // <--
  const title = e.record.get("title")
  title !== "Untitled" && e.next() // <--
}, "posts")
