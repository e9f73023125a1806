// A hook file is no module: `module` is not defined, and what stands below is not reached.
//   > GET /api/x
//   < 404
//   log: "module is not defined"

module.exports = { // <--
  greet(name) { return "Hello " + name },
}

routerAdd("GET", "/api/x", (e) => e.string(200, "x"))
