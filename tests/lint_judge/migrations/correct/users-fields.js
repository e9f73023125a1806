// Further fields of the users, and a rule that they may change themselves alone.
//   > ann: PATCH users/ann000000000000 {"phone":"+49 1"}
//   < 200 {"phone":"+49 1"}
//   > ann: PATCH users/bob000000000000 {"phone":"x"}
//   < 404

migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.add(
    new TextField({ name: "phone", max: 30 }),
    new DateField({ name: "birthday" }),
  )
  users.updateRule = "@request.auth.id = id"
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  for (const name of ["phone", "birthday"]) users.fields.removeByName(name)
  users.updateRule = "id = @request.auth.id"
  app.save(users)
})
