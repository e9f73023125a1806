// The function is `$security.sha256`.
//   > GET /api/hash
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/hash", (e) => {
  const hash = $security.SHA256("abc") // <--
  return e.json(200, { hash })
})
