// `$tokens` is gone; a record makes its own token.
//   > GET /api/impersonate
//   < 400
//   log: "$tokens is not defined"

routerAdd("GET", "/api/impersonate", (e) => {
  const user = $app.findAuthRecordByEmail("users", "bob@example.com")
  const token = $tokens.recordAuthToken($app, user) // <--
  return e.json(200, { token })
}, $apis.requireSuperuserAuth())
