migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authToken.duration = 1209600
  users.authToken.secret = $security.randomString(50)
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authToken.duration = 604800
  app.save(users)
})
