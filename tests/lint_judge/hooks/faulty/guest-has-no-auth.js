// A guest has no `e.auth`: the answer is a 400 nobody understands.
//   > guest: POST posts {"title":"x"}
//   < 400 {"data":{}}
//   log: "TypeError"

onRecordCreateRequest((e) => {
  e.record.set("author", e.auth.id) // <--
  e.next()
}, "posts")
