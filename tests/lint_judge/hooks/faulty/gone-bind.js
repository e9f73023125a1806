// `c.bind` became `e.bindBody`.
//   > POST /api/contact {"name":"Ann"}
//   < 400
//   log: "TypeError"

routerAdd("POST", "/api/contact", (c) => {
  const data = new DynamicModel({ name: "", message: "" })
  c.bind(data) // <--
  return c.json(200, { hello: data.name })
})
