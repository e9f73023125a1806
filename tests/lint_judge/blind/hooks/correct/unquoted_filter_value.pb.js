routerAdd("GET", "/by-slug/{slug}", (e) => {
  const slug = e.request.pathValue("slug")
  const field = "slug"
  const found = $app.findRecordsByFilter("posts", `${field} = {:wert}`, "", 10, 0, { wert: slug })
  return e.json(200, { n: found.length })
})
