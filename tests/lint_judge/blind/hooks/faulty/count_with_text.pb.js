routerAdd("GET", "/drafts", (e) => {
  return e.json(200, { n: $app.countRecords("posts", "status = 'draft'") })
})
