onRecordCreateRequest(async (e) => {
  const titel = e.record.getString("title")
  if (titel.length < 3) {
    throw new Error("zu kurz")
  }
  e.next()
}, "posts")
