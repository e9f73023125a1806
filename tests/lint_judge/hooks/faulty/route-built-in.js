// A route that PocketBase has itself.
//   starts: no "conflicts"

routerAdd("GET", "/api/health", (e) => { // <--
  return e.json(200, { status: "fine" })
})
