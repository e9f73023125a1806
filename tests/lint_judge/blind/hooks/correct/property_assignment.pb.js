onRecordCreate((e) => {
  const shadow = {}
  shadow.slug = e.record.get("title").toLowerCase()
  Object.entries(shadow).forEach(([k, v]) => e.record.set(k, v))
  e.next()
}, "posts")
