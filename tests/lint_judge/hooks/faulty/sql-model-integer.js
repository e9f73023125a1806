// 0 makes an integer of the column; the orders' totals are none.
//   > GET /api/sum
//   < 400

routerAdd("GET", "/api/sum", (e) => {
  const row = new DynamicModel({ sum: 0 }) // <--
  $app.db().newQuery("SELECT SUM(total) AS sum FROM orders").one(row)
  return e.json(200, { sum: row.sum })
})
