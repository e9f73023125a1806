// Only the folder's own files are loaded, not those in folders below it.
//   > GET /api/x
//   < 404

// ==== pb_hooks/routes/x.pb.js
routerAdd("GET", "/api/x", (e) => e.string(200, "x")) // <--
// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/y", (e) => e.string(200, "y"))
