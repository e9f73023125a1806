migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = null // no extra condition
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = ""
  app.save(users)
})
