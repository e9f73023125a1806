// `e` of an inner callback is another `e`.
//   > POST posts {"title":"x"}
//   < 400
//   log: "TypeError"

onRecordCreate((e) => { // <--
  const editors = $app.findRecordsByFilter("users", "role = 'editor'", "", 10, 0)
  editors.forEach((e) => {
    e.next() // <--
  })
}, "posts")
