// One's own objects may have properties that PocketBase has dropped.
//   > GET /api/own
//   < 200 {"created":"today","data":[1],"bound":"Ann","id":"abc"}

routerAdd("GET", "/api/own", (e) => {
  const row = { created: "today", data: [1], getId() { return "abc" }, name: "Ann" }
  const shout = function () { return this.name }.bind(row)
  return e.json(200, { created: row.created, data: row.data, bound: shout(), id: row.getId() })
})
