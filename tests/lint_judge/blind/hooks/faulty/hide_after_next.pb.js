onRecordViewRequest((e) => {
  e.next()
  if (!e.hasSuperuserAuth()) {
    e.record.hide("author", "views")
  }
}, "posts")
