routerAdd("GET", "/red", (e) => {
  const posts = $app.findAllRecords("posts").filter((p) => {
    const meta = new DynamicModel({ color: "" })
    p.unmarshalJSONField("meta", meta)
    return meta.color === "red" && JSON.parse(p.getString("meta")).color === "red"
  })
  return e.json(200, { red: posts.length })
})
