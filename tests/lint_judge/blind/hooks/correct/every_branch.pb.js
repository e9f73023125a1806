onRecordUpdateRequest((e) => {
  switch (e.record.get("status")) {
    case "archived":
      throw new BadRequestError("archived")
    case "published": {
      e.record.set("views+", 1)
      return e.next()
    }
    default:
      return e.record.getString("body") === "" ? e.next() : (() => { throw e.badRequestError("body", {}) })()
  }
}, "posts")
