// The handler's own name hides the file's.
//   > GET /api/x
//   < 200 {"limit":3,"unit":"days"}

const limit = 10
let unit = "hours"

routerAdd("GET", "/api/x", (e) => {
  const limit = 3
  return e.json(200, ((unit) => ({ limit, unit }))("days"))
})
