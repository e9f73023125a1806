["posts", "comments"].forEach((sammlung) => {
  onRecordAfterCreateSuccess((e) => {
    const sammlung = e.record.collection().name
    const stat = new Record(e.app.findCollectionByNameOrId("stats"))
    stat.set("name", "neu in " + sammlung)
    e.app.save(stat)
    e.next()
  }, sammlung)
})
