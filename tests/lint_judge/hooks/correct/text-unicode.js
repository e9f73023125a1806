// Names beyond ASCII.
//   > GET /api/größe
//   < 200 {"größe":3,"名前":"日本"}

routerAdd("GET", "/api/größe", (e) => {
  const größe = $app.countRecords("posts")
  const 名前 = "日本"
  return e.json(200, { größe, 名前 })
})
