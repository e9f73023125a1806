// Used while the file loads: no route of it exists.
//   > GET /api/time
//   < 404
//   log: "performance is not defined"

const started = performance.now() // <--

routerAdd("GET", "/api/time", (e) => e.json(200, { now: Date.now() }))
