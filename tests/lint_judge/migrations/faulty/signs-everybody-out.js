// Another authRule renews the secret of the tokens: everybody is signed out.
//   > ann: POST /api/collections/users/auth-refresh
//   < 401

migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = "role != 'banned'" // <--
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authRule = ""
  app.save(users)
})
