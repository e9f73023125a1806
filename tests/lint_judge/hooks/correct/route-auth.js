// Who asks, as a guest and signed in.
//   > ann: GET /api/me
//   < 200 {"id":"ann000000000000","via":"ann000000000000"}
//   > guest: GET /api/me
//   < 401

routerAdd("GET", "/api/me", (e) => {
  if (e.auth === null) {
    throw new UnauthorizedError("no session")
  }
  const info = e.requestInfo()
  return e.json(200, { id: e.auth.id, via: info.auth?.id })
})
