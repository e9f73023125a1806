routerAdd("POST", "/purge/{id}", (e) => {
  const id = e.request.pathValue("id")
  $app.delete($app.findRecordById("comments", id))
  return e.noContent(204)
}, $apis.requireSuperuserAuth())
