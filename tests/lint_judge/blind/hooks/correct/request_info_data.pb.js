routerAdd("POST", "/subscribe", (e) => {
  const info = e.requestInfo()
  const data = info.body
  return e.json(200, { email: data.email, q: info.query["q"] })
})
