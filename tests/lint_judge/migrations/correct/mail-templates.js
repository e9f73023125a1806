// Templates and switches of an auth collection.
//   > GET /api/collections/users
//   < 200 {"authAlert":{"enabled":false}} "Please verify"

migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authAlert.enabled = false
  users.verificationTemplate.subject = "Please verify"
  users.otp.enabled = false
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  users.authAlert.enabled = true
  users.verificationTemplate.subject = "Verify your {APP_NAME} email"
  app.save(users)
})
