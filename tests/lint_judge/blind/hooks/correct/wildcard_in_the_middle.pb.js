routerAdd("GET", "/docs/raw/{path...}", (e) => {
  return e.string(200, e.request.pathValue("path"))
})
