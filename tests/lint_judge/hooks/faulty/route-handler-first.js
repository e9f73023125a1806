// Handler and path in the wrong order: the file does not load.
//   > GET /api/x
//   < 404
//   log: "failed to execute main.pb.js"

routerAdd("GET", (e) => e.string(200, "x"), "/api/x") // <--
