// Nor does `*` catch the rest.
//   > GET /files/a/b.txt
//   < 404

routerAdd("GET", "/files/*", (e) => e.string(200, "a file")) // <--
