routerAdd("GET", "/by-slug/{slug}", (e) => {
  const slug = e.request.pathValue("slug")
  const found = $app.findRecordsByFilter("posts", `slug = ${slug}`, "", 10, 0)
  return e.json(200, { n: found.length })
})
