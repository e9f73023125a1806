// A hook that never was.
//   > GET posts
//   < 200
//   log: "onRecordAfterCreate is not defined"

onRecordAfterCreate((e) => { // <--
  console.log(e.record.id)
  e.next()
}, "posts")
