// Signing in, with something written afterwards.
//   > guest: POST /api/collections/users/auth-with-password {"identity":"ann@example.com","password":"correct-horse-battery"}
//   < 200 "token" {"meta":{"hello":"Ann"}}

onRecordAuthRequest((e) => {
  e.meta = { hello: e.record.getString("name") }
  e.next()
}, "users")
