// Path, query, header and body of a request.
//   > POST /api/echo/7?full=1 {"name":"Ann"}
//   < 200 {"id":"7","full":true,"type":"application/json","name":"Ann"}

routerAdd("POST", "/api/echo/{id}", (e) => {
  const data = new DynamicModel({ name: "", tags: [] })
  e.bindBody(data)
  return e.json(200, {
    id: e.request.pathValue("id"),
    full: e.request.url.query().get("full") === "1",
    type: e.request.header.get("Content-Type"),
    name: data.name,
  })
})
