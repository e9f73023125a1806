// No browser here: `btoa`.
//   > GET /api/basic
//   < 400
//   log: "btoa is not defined"

routerAdd("GET", "/api/basic", (e) => {
  const header = "Basic " + btoa("user:pass") // <--
  return e.json(200, { header })
})
