// `meta.appUrl` became `meta.appURL`: the link says undefined.
//   > GET /api/link
//   < 200 "undefined/p/first"

routerAdd("GET", "/api/link", (e) => {
  const url = $app.settings().meta.appUrl // <--
  return e.json(200, { link: `${url}/p/first` })
})
