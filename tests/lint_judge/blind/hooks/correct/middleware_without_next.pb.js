routerUse(new Middleware((e) => {
  e.response.header().set("X-Frame-Options", "DENY")
  return e.next()
}, -99, "frame-options"))
