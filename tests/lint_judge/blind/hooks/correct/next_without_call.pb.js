onRecordCreate((e) => {
  if (!e.record.getInt("views")) e.record.set("views", 1)
  const weiter = e.next
  return weiter()
}, "posts")
