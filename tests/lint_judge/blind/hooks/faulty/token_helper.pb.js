routerAdd("POST", "/magic", (e) => {
  const user = $app.findAuthRecordByEmail("users", "ana@example.com")
  const token = $tokens.recordAuthToken($app, user)
  return e.json(200, { token })
})
