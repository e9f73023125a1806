// There is no Admin.
//   starts: no "Admin is not defined"

migrate((app) => {
  const admin = new Admin() // <--
  admin.email = "boss@example.com"
  admin.setPassword("1234567890")
  app.save(admin)
}, (app) => {
  app.delete(app.findAuthRecordByEmail("_superusers", "boss@example.com"))
})
