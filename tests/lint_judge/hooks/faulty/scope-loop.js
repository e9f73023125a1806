// Routes made in a loop: the loop's name is unknown when they are called.
//   > GET /api/count/posts
//   < 400
//   log: "name is not defined"

for (const name of ["posts", "orders"]) {
  routerAdd("GET", "/api/count/" + name, (e) => {
    return e.json(200, { name: name, count: $app.countRecords(name) }) // <--
  })
}
