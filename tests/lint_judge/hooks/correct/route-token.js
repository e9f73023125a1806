// A token that a record makes for itself.
//   > GET /api/impersonate
//   < 200 "token"

routerAdd("GET", "/api/impersonate", (e) => {
  const user = $app.findAuthRecordByEmail("users", "bob@example.com")
  return e.json(200, { token: user.newStaticAuthToken(60000000000) })
}, $apis.requireSuperuserAuth())
