migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authToken.duration = 1209600 // for tokens given from now on
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authToken.duration = 604800
  app.save(users)
})
