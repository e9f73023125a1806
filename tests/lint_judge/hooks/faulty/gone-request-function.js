// `c.request()` is a value now.
//   > GET /api/agent
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/agent", (c) => {
  const ua = c.request().header.get("User-Agent") // <--
  return c.json(200, { ua: ua })
})
