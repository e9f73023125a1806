onRecordUpdate((e) => {
  e.next()
  const before = e.record.original().get("status")
  const after = e.record.get("status")
  if (before !== after) {
    const log = new Record($app.findCollectionByNameOrId("stats"), { name: `${before}>${after}` })
    $app.save(log)
  }
}, "posts")
