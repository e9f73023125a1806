onRecordViewRequest((e) => {
  if (!e.hasSuperuserAuth()) {
    e.record.hide("author", "views")
  }
  e.next()
}, "posts")
