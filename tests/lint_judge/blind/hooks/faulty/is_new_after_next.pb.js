onRecordCreate((e) => {
  e.next()

  if (e.record.isNew()) {
    const stat = new Record(e.app.findCollectionByNameOrId("stats"))
    stat.set("name", "created:" + e.record.id)
    e.app.save(stat)
  }
}, "posts")
