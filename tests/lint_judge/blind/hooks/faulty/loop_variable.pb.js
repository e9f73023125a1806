["posts", "comments"].forEach((sammlung) => {
  onRecordAfterCreateSuccess((e) => {
    const stat = new Record(e.app.findCollectionByNameOrId("stats"))
    stat.set("name", "neu in " + sammlung)
    e.app.save(stat)
    e.next()
  }, sammlung)
})
