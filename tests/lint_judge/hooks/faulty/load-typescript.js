// Types in a JavaScript file.
//   > GET /api/x
//   < 404
//   log: "SyntaxError"

const handler = (e: core.RequestEvent) => e.string(200, "x") // <--

routerAdd("GET", "/api/x", handler)
