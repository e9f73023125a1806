// Routes made in a loop, whose handlers ask the request and not the loop.
//   > GET /api/count/posts
//   < 200 {"count":3}
//   > GET /api/count/orders
//   < 200 {"count":2}

for (const name of ["posts", "orders"]) {
  routerAdd("GET", "/api/count/" + name, (e) => {
    const table = e.request.url.path.split("/").pop()
    return e.json(200, { count: $app.countRecords(table) })
  })
}
