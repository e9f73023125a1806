onRecordCreate((e) => {
  e.record.slug = e.record.get("title").toLowerCase()
  e.next()
}, "posts")
