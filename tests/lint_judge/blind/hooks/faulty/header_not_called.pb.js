routerAdd("GET", "/cached", (e) => {
  e.response.header.set("Cache-Control", "public, max-age=60")
  return e.string(200, "ok")
})
