// Patterns that overlap, one of which is more exact.
//   > GET /api/shop/new
//   < 200 "form"
//   > GET /api/shop/12
//   < 200 "item 12"

routerAdd("GET", "/api/shop/{id}", (e) => e.string(200, "item " + e.request.pathValue("id")))
routerAdd("GET", "/api/shop/new", (e) => e.string(200, "form"))
