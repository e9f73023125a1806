// was: onRecordBeforeCreateRequest((e) => { ... }, "posts")
onRecordCreateRequest((e) => {
  if (!e.record.get("slug")) {
    e.record.set("slug", "ohne-slug")
  }
  e.next()
}, "posts")
