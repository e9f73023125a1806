// After e.next() the record is stored already.
//   > POST posts {"title":"Hello World"}
//   < 200
//   > GET posts?filter=(slug='hello-world')
//   < 200 {"totalItems":0}

onRecordCreate((e) => {
  e.next()
  e.record.set("slug", e.record.getString("title").toLowerCase().split(" ").join("-")) // <--
}, "posts")
