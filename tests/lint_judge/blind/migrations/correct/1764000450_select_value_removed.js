migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const status = posts.fields.getByName("status")
  status.values = ["entwurf", "published", "archived"]
  app.save(posts)
  app.db().update("posts", { status: "entwurf" }, $dbx.exp("status = {:alt}", { alt: "draft" })).execute()
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts")
  posts.fields.getByName("status").values = ["draft", "published", "archived"]
  app.save(posts)
  app.db().update("posts", { status: "draft" }, $dbx.exp("status = {:neu}", { neu: "entwurf" })).execute()
})
