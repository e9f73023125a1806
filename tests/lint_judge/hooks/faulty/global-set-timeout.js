// No timers.
//   > POST posts {"title":"Hello"}
//   < 400
//   log: "setTimeout is not defined"

onRecordAfterCreateSuccess((e) => {
  setTimeout(() => console.log("later"), 1000) // <--
  e.next()
}, "posts")
