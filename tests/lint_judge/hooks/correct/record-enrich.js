// Custom data switched on.
//   > GET posts/post00000000001
//   < 200 {"readingTime":1}

onRecordEnrich((e) => {
  e.record.withCustomData(true)
  e.record.set("readingTime", Math.ceil(e.record.getString("body").split(" ").length / 200))
  if (!e.requestInfo.auth?.isSuperuser()) {
    e.record.hide("meta")
  }
  e.next()
}, "posts")
