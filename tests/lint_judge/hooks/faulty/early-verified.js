// Set in the request hook, before the form's own checks: nobody can sign up.
//   > guest: POST users {"email":"eve@example.com","password":"12345678","passwordConfirm":"12345678"}
//   < 400 {"data":{"verified":{"code":"validation_values_mismatch"}}}

onRecordCreateRequest((e) => {
  e.record.set("verified", true) // <--
  e.record.set("role", "member")
  e.next()
}, "users")
