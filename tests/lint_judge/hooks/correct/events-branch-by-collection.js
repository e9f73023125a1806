// One handler for all collections, told apart by name.
//   > POST posts {"title":"x"}
//   < 200 {"status":"draft"}
//   > POST comments {"text":"y"}
//   < 200

onRecordCreateRequest((e) => {
  const handlers = {
    posts: (record) => record.set("status", "draft"),
    comments: (record) => record.set("text", record.getString("text").trim()),
  }
  const handle = handlers[e.collection.name]
  handle && handle(e.record)
  return e.next()
})
