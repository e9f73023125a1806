// `$app.dao()`.
//   > GET /api/first
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/first", (e) => {
  const record = $app.dao().findRecordById("posts", "post00000000001") // <--
  return e.json(200, record)
})
