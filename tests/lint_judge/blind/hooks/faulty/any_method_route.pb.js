routerAdd("", "/webhook/{quelle}", (e) => {
  return e.json(200, { quelle: e.request.pathValue("quelle"), methode: e.request.method })
})
