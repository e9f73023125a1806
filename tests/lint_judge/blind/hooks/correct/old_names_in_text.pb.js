/*
 * Moved from v0.22: $app.dao(), onRecordBeforeCreateRequest, c.pathParam(":id"), $apis.requireAdminAuth()
 */
routerAdd("GET", "/help", (e) => {
  const text = `use $app.save() instead of $app.dao().saveRecord(); setTimeout and fetch() are not there; paths like /x/:id neither`
  return e.string(200, text) // not c.string
})
