// The middleware is gone: the file does not load.
//   > GET /api/secret
//   < 404
//   log: "TypeError"

routerAdd("GET", "/api/secret", (e) => {
  return e.json(200, { ok: true })
}, $apis.requireAdminAuth()) // <--
