// No collection of this name.
//   > POST posts {"title":"hello"}
//   < 400
//   > GET audit
//   < 200 {"totalItems":0}

onRecordAfterCreateSuccess((e) => {
  const log = new Record($app.findCollectionByNameOrId("audit_log")) // <--
  log.set("action", "create")
  $app.save(log)
  e.next()
}, "posts")
