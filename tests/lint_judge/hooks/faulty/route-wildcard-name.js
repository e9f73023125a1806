// A parameter's name is an identifier: no dash.
//   starts: no "bad wildcard name"

routerAdd("GET", "/api/users/{user-id}/posts", (e) => { // <--
  return e.json(200, { id: e.request.pathValue("user-id") })
})
