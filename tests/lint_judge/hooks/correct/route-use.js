// A middleware for all routes, which sets a header and hands on.
//   > GET posts
//   < 200 {"totalItems":3}

routerUse((e) => {
  e.response.header().set("X-Served-By", "pb")
  return e.next()
})
