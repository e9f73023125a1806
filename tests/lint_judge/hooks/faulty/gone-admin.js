// There are no admins any more, but superusers in a collection.
//   > GET /api/make-admin
//   < 400
//   log: "Admin is not defined"

routerAdd("GET", "/api/make-admin", (e) => {
  const admin = new Admin() // <--
  admin.email = "second@example.com"
  admin.setPassword("1234567890")
  $app.save(admin)
  return e.noContent(204)
}, $apis.requireSuperuserAuth())
