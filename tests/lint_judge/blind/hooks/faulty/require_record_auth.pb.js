routerAdd("GET", "/me", (e) => {
  return e.json(200, { id: e.auth.id })
}, $apis.requireRecordAuth())
