// The file's name does not end in .pb.js: it is never read.
//   > GET /api/x
//   < 404
//   says: .pb.js, hooks.js

// ==== pb_hooks/hooks.js
routerAdd("GET", "/api/x", (e) => e.string(200, "x")) // <--
