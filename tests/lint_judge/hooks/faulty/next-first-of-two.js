// The first of two handlers does not hand on, so that the second one never writes its row.
//   > POST posts {"title":"Hello"}
//   < 200
//   > GET audit
//   < 200 {"totalItems":0}

onRecordAfterCreateSuccess((e) => { // <--
  $app.logger().info("post created", "id", e.record.id)
}, "posts")

onRecordAfterCreateSuccess((e) => {
  const row = new Record($app.findCollectionByNameOrId("audit"))
  row.set("action", "created")
  row.set("target", e.record.id)
  $app.save(row)
  e.next()
}, "posts")
