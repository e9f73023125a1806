// And so is its sister.
//   > ann: GET /api/mine
//   < 404
//   log: "TypeError"

routerAdd("GET", "/api/mine", (e) => e.json(200, $app.findRecordsByFilter("orders", "customer = {:me}", "", 50, 0, { me: e.auth.id })), $apis.requireRecordAuth("users")) // <--
