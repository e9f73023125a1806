routerAdd("GET", "/api/latest", (e) => {
  const latest = $app.findRecordsByFilter("posts", "id != ''", "-title", 1)[0]
  return e.json({ title: latest.get("title") }, 200)
})
