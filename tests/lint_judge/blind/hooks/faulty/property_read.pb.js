routerAdd("GET", "/titles", (e) => {
  const out = []
  for (const post of $app.findAllRecords("posts")) {
    out.push(post.title)
  }
  out.sort()
  return e.json(200, out)
})
