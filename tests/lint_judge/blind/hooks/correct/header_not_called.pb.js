routerAdd("GET", "/cached", (e) => {
  const { response, request } = e
  response.header().set("Cache-Control", request.header.get("X-No-Cache") ? "no-store" : "public, max-age=60")
  return e.string(200, "ok")
})
