// Middlewares of PocketBase and of one's own, which hands on.
//   > ann: GET /api/report
//   < 200 {"posts":3}
//   > guest: GET /api/report
//   < 401

routerAdd("GET", "/api/report", (e) => {
  return e.json(200, { posts: $app.countRecords("posts") })
}, $apis.requireAuth("users"), (e) => {
  if (e.auth.getString("role") === "member") {
    throw new ForbiddenError("editors only")
  }
  return e.next()
}, $apis.bodyLimit(1024))
