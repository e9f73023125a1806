onRecordCreateRequest((e) => {
  e.record.set("author", e.auth?.id ?? "")
  e.next()
}, "posts")
