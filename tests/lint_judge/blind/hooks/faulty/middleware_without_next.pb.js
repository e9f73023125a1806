routerUse((e) => {
  e.response.header().set("X-Frame-Options", "DENY")
})
