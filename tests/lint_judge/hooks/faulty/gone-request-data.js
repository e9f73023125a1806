// The body was `data` in v0.22.
//   > POST posts {"title":"Hello","note":"x"}
//   < 400
//   log: "TypeError"

onRecordCreateRequest((e) => {
  const { note } = e.requestInfo().data // <--
  e.record.set("body", note)
  e.next()
}, "posts")
