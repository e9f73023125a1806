// Two routes on one pattern: the server does not start.
//   starts: no "conflicts"

routerAdd("GET", "/api/hello", (e) => e.string(200, "one"))
routerAdd("GET", "/api/hello", (e) => e.string(200, "two")) // <--
