onRecordCreate((e) => {
  const isNew = e.record.isNew()
  e.next()

  if (isNew) {
    const stat = new Record(e.app.findCollectionByNameOrId("stats"))
    stat.set("name", "created:" + e.record.id)
    e.app.save(stat)
  }
}, "posts")
