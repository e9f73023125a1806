routerAdd("GET", "/profile", (e) => {
  const u = e.auth
  return e.json(200, { id: u.id, name: u.getString("name") })
}, $apis.requireAuth(), $apis.skipSuccessActivityLog(), $apis.bodyLimit(1024))
