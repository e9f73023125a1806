// Lines that begin with brackets and templates after an explicit semicolon.
//   > GET /api/lines
//   < 200 {"out":"3-2-1"}

routerAdd("GET", "/api/lines", (e) => {
  let out = []
  ;[1, 2, 3].forEach((n) => out.unshift(n))
  const joined = out
    .map(String)
    .join("-")
  return e.json(200, { out: joined })
})
