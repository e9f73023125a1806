onRecordUpdate((e) => {
  if (e.record.get("status") !== "published") {
    return
  }

  e.record.set("views", e.record.getInt("views") + 1)
  e.next()
}, "posts")
