// `record.getId()` became `record.id`.
//   > POST posts {"title":"Hello"}
//   < 400
//   log: "TypeError"

onRecordAfterCreateSuccess((e) => {
  console.log("created " + e.record.getId()) // <--
  e.next()
}, "posts")
