routerAdd("GET", "/docs/{path...}/raw", (e) => {
  return e.string(200, e.request.pathValue("path"))
})
