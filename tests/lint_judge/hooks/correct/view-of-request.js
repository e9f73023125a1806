// Cookies, headers and an answer with a status of its own.
//   > GET /api/cookie
//   < 202 "set"

routerAdd("GET", "/api/cookie", (e) => {
  e.setCookie(new Cookie({ name: "seen", value: "1", path: "/", httpOnly: true }))
  e.response.header().set("Vary", "Cookie")
  return e.string(202, "set")
})
