// A filter with a field that is not there.
//   > GET /api/published
//   < 400

routerAdd("GET", "/api/published", (e) => {
  const posts = $app.findRecordsByFilter("posts", "state = 'published'", "-created", 10, 0) // <--
  return e.json(200, posts)
})
