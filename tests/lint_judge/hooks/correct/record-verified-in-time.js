// `verified` set after the form's checks.
//   > guest: POST users {"email":"eve@example.com","password":"12345678","passwordConfirm":"12345678"}
//   < 200
//   > GET users?filter=(verified=true)
//   < 200 {"totalItems":1}

onRecordCreate((e) => {
  e.record.set("verified", true)
  e.record.set("role", "member")
  e.next()
}, "users")
