for (const methode of ["GET", "POST"]) {
  routerAdd(methode, "/webhook/{quelle}", (e) => {
    return e.json(200, { quelle: e.request.pathValue("quelle"), methode: e.request.method })
  })
}
