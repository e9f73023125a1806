routerAdd("GET", "/go/{id}", (e) => {
  const id = e.request.pathValue("id")
  return e.redirect(`/p/${id}`, 302)
})
