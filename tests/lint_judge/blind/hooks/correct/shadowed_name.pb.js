const limit = 100
const prefix = `/v${limit / 100}`

routerAdd("GET", prefix + "/short", (e) => {
  const limit = 1
  const posts = $app.findRecordsByFilter("posts", "", "title", limit)
  return e.json(200, posts.map(({ id }) => id).length)
})
