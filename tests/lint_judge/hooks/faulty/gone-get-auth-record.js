// `e.get("authRecord")` is always null: everybody is refused.
//   > ann: GET /api/me
//   < 401

routerAdd("GET", "/api/me", (c) => {
  const me = c.get("authRecord") // <--
  if (!me) {
    throw new UnauthorizedError("no session")
  }
  return c.json(200, { id: me.id })
})
