// After handing on, further work.
//   > POST posts {"title":"hello"}
//   < 200
//   > GET audit
//   < 200 {"totalItems":1}

onRecordCreateRequest((e) => {
  e.next()

  const row = new Record(e.app.findCollectionByNameOrId("audit"))
  row.set("action", "posts.create")
  row.set("target", e.record.id)
  row.set("who", e.auth ? e.auth.id : "guest")
  e.app.save(row)
}, "posts")
