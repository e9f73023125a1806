// The same in a Middleware with a priority.
//   > GET /api/hello
//   < 200 null

routerUse(new Middleware((e) => { // <--
  e.response.header().set("X-Powered-By", "coffee")
}, -1, "powered-by"))

routerAdd("GET", "/api/hello", (e) => e.json(200, { hello: "world" }))
