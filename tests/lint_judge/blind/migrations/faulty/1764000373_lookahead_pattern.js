migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.add(new TextField({ name: "pin", pattern: "^(?=.*[0-9])(?=.*[a-z])[a-z0-9]{6,}$" }))
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.removeByName("pin")
  app.save(users)
})
