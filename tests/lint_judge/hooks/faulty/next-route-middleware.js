// The route's own middleware checks and does not hand on: the handler never answers.
//   > ann: GET /api/report
//   < 200 null

routerAdd("GET", "/api/report", (e) => {
  return e.json(200, { posts: $app.countRecords("posts") })
}, (e) => { // <--
  if (!e.auth) {
    throw new UnauthorizedError("sign in first")
  }
})
