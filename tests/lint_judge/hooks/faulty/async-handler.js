// What an async handler throws is lost: the answer is an empty 200.
//   > GET /api/later
//   < 200 null

routerAdd("GET", "/api/later", async (e) => { // <--
  const post = await Promise.resolve($app.findRecordById("posts", "nobody"))
  return e.json(200, post)
})
