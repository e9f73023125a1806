onRecordCreateRequest((e) => {
  if (e.record.get("title").includes("spam")) {
    return false
  }
  e.next()
}, "posts")
