// JSON is parsed, changed, and set as a whole.
//   > PATCH posts/post00000000002 {"title":"x"}
//   < 200
//   > GET posts/post00000000002
//   < 200 {"meta":{"pinned":true,"reviewed":1}}

onRecordUpdate((e) => {
  const meta = JSON.parse(e.record.getString("meta") || "{}")
  meta.reviewed = (meta.reviewed || 0) + 1
  e.record.set("meta", meta)
  e.next()
}, "posts")
