// The second name of a declaration.
//   > GET /api/limits
//   < 400
//   log: "burst is not defined"

let base = 10, burst = 50

routerAdd("GET", "/api/limits", (e) => e.json(200, { burst: burst })) // <--
