routerAdd("GET", "/is-ana", (e) => {
  const user = $app.findAuthRecordByEmail("users", "ana@example.com")
  return e.json(200, { ana: user.email === "ana@example.com" })
})
