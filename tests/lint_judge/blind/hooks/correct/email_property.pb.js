routerAdd("GET", "/is-ana", (e) => {
  const user = $app.findAuthRecordByEmail("users", "ana@example.com")
  const { email } = JSON.parse(JSON.stringify(user.ignoreEmailVisibility(true)))
  return e.json(200, { ana: user.email() === "ana@example.com" && email === user.get("email") })
})
