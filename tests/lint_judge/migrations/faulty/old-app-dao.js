// `app.dao()`.
//   starts: no "TypeError"

migrate((app) => {
  const dao = app.dao() // <--
  const posts = dao.findCollectionByNameOrId("posts")
  posts.createRule = null
  dao.saveCollection(posts)
}, (app) => {})
