onRecordCreateRequest((e) => {
  const isSpam = (t) => { if (t.includes("spam")) { return true } return false }
  if (isSpam(e.record.get("title"))) {
    throw new ApiError(422, "spam", { title: new ValidationError("spam", "no spam") })
  }
  e.next()
}, "posts")
