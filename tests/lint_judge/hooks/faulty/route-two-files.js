// Two files claim one address.
//   starts: no "conflicts"

// ==== pb_hooks/a.pb.js
routerAdd("POST", "/api/subscribe", (e) => e.noContent(204)) // <--
// ==== pb_hooks/b.pb.js
routerAdd("POST", "/api/subscribe", (e) => { // <--
  return e.json(200, { ok: true })
})
