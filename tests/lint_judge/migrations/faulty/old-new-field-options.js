// The same inside `new Field`.
//   > PATCH posts/post00000000001 {"lang":"german"}
//   < 200 {"lang":"german"}
//   says: `options`, options.

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new Field({
    name: "lang",
    type: "text",
    options: { max: 2, pattern: "^[a-z]+$" }, // <--
  }))
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("lang")
  app.save(posts)
})
