// Files through $os, and the template registry.
//   > GET /api/page
//   < 200 "<h1>Hi &lt;Ann&gt;</h1>"

// ==== pb_hooks/page.pb.js
routerAdd("GET", "/api/page", (e) => {
  const names = $os.readDir(__hooks).map((f) => f.name())
  if (!names.includes("views")) throw new NotFoundError()
  const html = $template.loadFiles(`${__hooks}/views/page.html`).render({ name: "<Ann>" })
  return e.html(200, html)
})
// ==== pb_hooks/views/page.html
<h1>Hi {{.name}}</h1>
