// What stands outside of migrate() has no app.
//   starts: no "is not defined"

const posts = $app.findCollectionByNameOrId("posts") // <--

migrate((app) => {
  posts.listRule = ""
  app.save(posts)
}, () => {})
