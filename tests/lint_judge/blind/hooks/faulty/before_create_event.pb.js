onRecordBeforeCreateRequest((e) => {
  if (!e.record.get("slug")) {
    e.record.set("slug", "ohne-slug")
  }
}, "posts")
