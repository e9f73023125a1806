// Nor a `response`.
//   > GET posts/post00000000001
//   < 400
//   log: "TypeError"

onRecordViewRequest((e) => {
  e.response.header().set("Cache-Control", "max-age=60") // <--
  return e.next()
}, "posts")
