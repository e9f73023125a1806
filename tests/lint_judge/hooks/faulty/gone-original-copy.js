// `originalCopy()` became `original()`.
//   > PATCH posts/post00000000001 {"title":"x"}
//   < 400
//   log: "TypeError"

onRecordUpdate((e) => {
  const before = e.record.originalCopy() // <--
  if (before.get("status") == "published") e.record.set("status", "published")
  e.next()
}, "posts")
