// `c.pathParam` of echo, with the new way to write a parameter.
//   > GET /api/posts/first
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/posts/{slug}", (c) => {
  let slug = c.pathParam("slug") // <--
  let post = $app.findFirstRecordByData("posts", "slug", slug)
  return c.json(200, post)
})
