// A field is no property of the record, and cannot be set as one.
//   > POST posts {"title":"hello"}
//   < 400
//   log: "TypeError"

onRecordCreate((e) => {
  e.record.title = e.record.getString("title").toUpperCase() // <--
  e.next()
}, "posts")
