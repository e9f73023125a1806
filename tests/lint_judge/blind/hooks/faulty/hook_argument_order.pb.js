onRecordCreate("posts", (e) => {
  e.record.set("body", "vom hook")
  e.next()
})
