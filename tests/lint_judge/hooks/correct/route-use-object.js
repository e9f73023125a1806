// A Middleware with priority and id.
//   > guest: GET /api/internal/x
//   < 403
//   > GET /api/internal/x
//   < 200 "secret"

routerUse(new Middleware((e) => {
  if (e.request.url.path.startsWith("/api/internal/") && !e.hasSuperuserAuth()) {
    throw new ForbiddenError("internal")
  }
  return e.next()
}, 10, "internal-only"))

routerAdd("GET", "/api/internal/x", (e) => e.string(200, "secret"))
