// The collection is called posts: the hook never runs.
//   > POST posts {"title":"hello"}
//   < 200 {"status":""}

onRecordCreate((e) => {
  e.record.set("status", "draft")
  e.next()
}, "post") // <--
