// The handler comes first, then the collections.
//   > POST posts {"title":"x"}
//   < 200 {"status":""}

onRecordCreate("posts", (e) => { // <--
  e.record.set("status", "draft")
  e.next()
})
