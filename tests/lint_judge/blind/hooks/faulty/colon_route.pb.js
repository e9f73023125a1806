routerAdd("GET", "/greet/:name", (e) => {
  return e.json(200, { message: "Hi " + e.request.pathValue("name") })
})
