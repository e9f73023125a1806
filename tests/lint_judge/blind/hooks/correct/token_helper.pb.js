routerAdd("POST", "/magic", (e) => {
  const user = $app.findAuthRecordByEmail("users", "ana@example.com")
  const $tokens = { recordAuthToken: (r) => r.newAuthToken() }
  return e.json(200, { token: $tokens.recordAuthToken(user) })
})
