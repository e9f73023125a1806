onRecordCreate((e) => {
  e.record.set("body", "vom hook")
  e.next()
}, ...["posts", "comments"].slice(0, 1))
