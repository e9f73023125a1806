routerAdd("GET", "/titles", (e) => {
  const out = []
  for (const post of $app.findAllRecords("posts")) {
    const { title } = JSON.parse(JSON.stringify(post)) // a plain object
    out.push(title)
  }
  out.sort()
  return e.json(200, out)
})
