// Set after success, and saved again without going round in circles.
//   > POST posts {"title":"Hello World"}
//   < 200
//   > GET posts?filter=(slug~'hello-')
//   < 200 {"totalItems":1}

onRecordAfterCreateSuccess((e) => {
  e.record.set("slug", "hello-" + e.record.id)
  $app.save(e.record)
  e.next()
}, "posts")
