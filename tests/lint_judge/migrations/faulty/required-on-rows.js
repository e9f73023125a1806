// Required from now on, and the rows that are there have none: no change to them is accepted.
//   > PATCH posts/post00000000001 {"views":9}
//   < 400 {"data":{"lang":{"code":"validation_required"}}}

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.add(new TextField({ name: "lang", required: true, max: 5 })) // <--
  app.save(posts)
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.removeByName("lang")
  app.save(posts)
})
