routerAdd("GET", "/red", (e) => {
  const posts = $app.findAllRecords("posts").filter((p) => {
    const meta = p.get("meta")
    return meta.color === "red"
  })
  return e.json(200, { red: posts.length })
})
