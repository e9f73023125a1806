// A user with a password and what else there is.
//   > GET users?filter=(email='demo@example.com')
//   < 200 {"totalItems":1}

migrate((app) => {
  const demo = new Record(app.findCollectionByNameOrId("users"))
  demo.setEmail("demo@example.com")
  demo.setPassword("demo-demo-1")
  demo.setVerified(true)
  demo.set("role", "member")
  app.save(demo)
}, (app) => {
  app.delete(app.findAuthRecordByEmail("users", "demo@example.com"))
})
