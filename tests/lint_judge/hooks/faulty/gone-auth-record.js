// `requestInfo().authRecord` is gone since v0.23.
//   > ann: POST posts {"title":"Hello"}
//   < 400
//   log: "TypeError"

onRecordCreateRequest((e) => {
  const info = e.requestInfo()
  e.record.set("author", info.authRecord.id) // <--
  e.next()
}, "posts")
