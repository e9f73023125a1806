onRecordCreateRequest((e) => {
  const body = e.record.getString("body")
  if (body.startsWith("http")) {
    const { hostname } = new URL(body)
    e.record.set("slug", hostname)
  }
  e.next()
}, "posts")
