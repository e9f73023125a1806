onRecordCreate((e) => {
  if (!e.record.getInt("views")) e.record.set("views", 1)
  return e.next
}, "posts")
