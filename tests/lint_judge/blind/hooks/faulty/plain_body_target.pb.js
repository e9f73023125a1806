routerAdd("POST", "/contact", (e) => {
  const data = { email: "", message: "" }
  e.bindBody(data)
  return e.json(200, { got: data.email + "/" + data.message })
})
