onRecordEnrich((e) => {
  e.record.set("commentCount", e.app.countRecords("comments", $dbx.hashExp({ post: e.record.id })))
  e.next()
}, "posts")
