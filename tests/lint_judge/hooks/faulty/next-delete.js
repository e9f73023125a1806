// The archive copy is made, the deletion itself never happens, and the client hears 204.
//   > DELETE posts/post00000000003
//   < 204
//   > GET posts/post00000000003
//   < 200 {"title":"Third"}

onRecordDelete((e) => { // <--
  const col = $app.findCollectionByNameOrId("audit")
  const rec = new Record(col)
  rec.set("action", "delete")
  rec.set("target", e.record.id)
  $app.save(rec)
}, "posts")
