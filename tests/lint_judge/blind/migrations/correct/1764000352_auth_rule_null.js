migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = "" // no extra condition
  users.manageRule = null
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = "verified = true"
  app.save(users)
})
