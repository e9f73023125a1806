migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.add(new TextField({ name: "phone" }))
  app.save(users)

  const stat = new Record($app.findCollectionByNameOrId("stats"), { name: "phones" })
  $app.save(stat)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.removeByName("phone")
  app.save(users)
})
