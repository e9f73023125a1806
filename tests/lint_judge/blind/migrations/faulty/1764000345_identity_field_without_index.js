migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.add(new TextField({ name: "username", max: 30 }))
  users.passwordAuth.identityFields = ["email", "username"]
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.passwordAuth.identityFields = ["email"]
  users.fields.removeByName("username")
  app.save(users)
})
