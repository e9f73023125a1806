// The wrapped file looks like a module; its names stay behind all the same.
//   > GET /api/stats
//   < 400
//   log: "table is not defined"

;(function () {
  "use strict"
  var table = "posts"

  routerAdd("GET", "/api/stats", function (e) {
    return e.json(200, { n: $app.countRecords(table) }) // <--
  })
})()
