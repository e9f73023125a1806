// A post needs a title.
//   starts: no "title"

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const welcome = new Record(posts, { body: "<p>Welcome</p>", status: "published" }) // <--
  app.save(welcome) // <--
}, (app) => {})
