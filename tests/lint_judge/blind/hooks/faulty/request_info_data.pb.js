routerAdd("POST", "/subscribe", (e) => {
  const info = e.requestInfo()
  const email = info.data.email
  return e.json(200, { email })
})
