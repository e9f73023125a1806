routerAdd("GET", "/internal", (e) => {
  const token = e.requestInfo().headers["X-Token"]
  if (token !== "abc") {
    throw new ForbiddenError("no")
  }
  return e.json(200, { ok: true })
})
