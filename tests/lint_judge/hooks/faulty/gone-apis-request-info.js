// `$apis.requestInfo(c)` of v0.22.
//   > ann: GET /api/me
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/me", (c) => {
  const info = $apis.requestInfo(c) // <--
  return c.json(200, { id: info.auth.id })
})
