// Finders with all their arguments, and with few.
//   > GET /api/find
//   < 200 {"a":2,"b":3,"c":"First","d":2}

routerAdd("GET", "/api/find", (e) => {
  const status = "published"
  const a = $app.findRecordsByFilter("posts", "status = {:status}", "-created,title", 20, 0, { status })
  const b = $app.findRecordsByFilter("posts", "title != ''")
  const c = $app.findFirstRecordByFilter("posts", "slug = {:s} && views > {:v}", { s: "first", v: 1 })
  const d = $app.findAllRecords("posts", $dbx.exp("status = {:s}", { s: status }), $dbx.not($dbx.hashExp({ id: "" })))
  return e.json(200, { a: a.length, b: b.length, c: c.get("title"), d: d.length })
})
