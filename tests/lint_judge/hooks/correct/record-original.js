// The state before, by original().
//   > PATCH posts/post00000000001 {"status":"draft"}
//   < 200
//   > GET audit
//   < 200 "published -> draft"

onRecordAfterUpdateSuccess((e) => {
  const before = e.record.original().getString("status")
  const after = e.record.getString("status")
  if (before !== after) {
    const row = new Record($app.findCollectionByNameOrId("audit"), { action: `${before} -> ${after}` })
    $app.save(row)
  }
  e.next()
}, "posts")
