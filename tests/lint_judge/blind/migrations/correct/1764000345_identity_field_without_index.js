migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.fields.add(new TextField({ name: "username", max: 30 }))
  users.indexes.push("CREATE UNIQUE INDEX `idx_username_users` ON `users` (`username` COLLATE NOCASE) WHERE `username` != ''")
  users.passwordAuth.identityFields = ["email", "username"]
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.passwordAuth.identityFields = ["email"]
  users.removeIndex("idx_username_users")
  users.fields.removeByName("username")
  app.save(users)
})
