// Queries built, bound, executed; a float by -0.
//   > GET /api/sum
//   < 200 {"sum":55.5,"numbers":["A-1",""],"n":3}

routerAdd("GET", "/api/sum", (e) => {
  const row = new DynamicModel({ sum: -0 })
  $app.db().newQuery("SELECT SUM(total) AS sum FROM orders").one(row)

  const rows = arrayOf(new DynamicModel({ id: "", number: "" }))
  $app.db().select("id", "number").from("orders").orderBy("number DESC").all(rows)

  $app.db().newQuery("UPDATE posts SET views = {:n} WHERE id = {:id}").bind({ n: 9, id: "post00000000003" }).execute()

  const records = arrayOf(new Record())
  $app.recordQuery("posts").andWhere($dbx.hashExp({ status: ["published", "draft"] })).all(records)
  return e.json(200, { sum: row.sum, numbers: rows.map((r) => r.number), n: records.length })
})
