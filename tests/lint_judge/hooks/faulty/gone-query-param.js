// `c.queryParam` of echo.
//   > GET /api/search?q=First
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/search", (c) => {
  const q = c.queryParam("q") // <--
  const posts = $app.findRecordsByFilter("posts", "title ~ {:q}", "-created", 20, 0, { q })
  return c.json(200, posts)
})
