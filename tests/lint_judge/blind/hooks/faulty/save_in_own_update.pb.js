onRecordAfterUpdateSuccess((e) => {
  e.record.set("views", e.record.getInt("views") + 1)
  $app.save(e.record)
  e.next()
}, "posts")
