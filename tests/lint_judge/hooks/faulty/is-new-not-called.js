// A function is always true.
//   > PATCH posts/post00000000001 {"title":"x"}
//   < 200 {"status":"draft"}

onRecordValidate((e) => {
  if (e.record.isNew) { // <--
    e.record.set("status", "draft")
  }
  e.next()
}, "posts")
