routerAdd("GET", "/api/latest", (e) => {
  const latest = $app.findRecordsByFilter("posts", "id != ''", "-title", 1)[0]
  const args = [200, { title: latest.get("title") }]
  return e.json(...args)
})
