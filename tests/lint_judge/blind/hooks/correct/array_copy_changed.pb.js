onRecordCreate((e) => {
  const tags = [...e.record.get("tags")]
  if (!tags.includes("news")) {
    tags.push("news")
  }
  e.record.set("tags", tags)
  e.next()
}, "posts")
