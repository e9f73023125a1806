// `users` is there already.
//   starts: no "name"
//   says: 'users'

migrate((app) => {
  const users = new Collection({ name: "users", type: "auth", fields: [{ name: "nick", type: "text" }] }) // <--
  app.save(users)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("users"))
})
