// `set` knows no paths into JSON.
//   > PATCH posts/post00000000002 {"title":"x"}
//   < 200
//   > GET posts/post00000000002
//   < 200 {"meta":{"pinned":true}} !"reviewed"

onRecordUpdate((e) => {
  e.record.set("meta.reviewed", true) // <--
  e.next()
}, "posts")
