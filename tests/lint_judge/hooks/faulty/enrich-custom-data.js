// A value that is no field is not shown unless custom data is switched on.
//   > GET posts/post00000000001
//   < 200 !"readingTime"

onRecordEnrich((e) => {
  const words = e.record.getString("body").split(" ").length
  e.record.set("readingTime", Math.ceil(words / 200)) // <--
  e.next()
}, "posts")
