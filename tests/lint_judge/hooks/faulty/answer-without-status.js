// `e.json(value)`: an empty 200.
//   > GET /api/x
//   < 200 null

routerAdd("GET", "/api/x", (e) => {
  return e.json({ hello: "world" }) // <--
})
