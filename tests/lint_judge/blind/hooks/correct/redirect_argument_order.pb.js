routerAdd("GET", "/go/{id}", (e) => {
  const id = e.request.pathValue("id")
  return e.redirect(302, `/p/${id}`)
})
