// Assigned without declaring it: the runtime is strict.
//   > POST users {"email":"eve@example.com","password":"12345678","passwordConfirm":"12345678"}
//   < 400
//   log: "found is not defined"

onRecordCreateRequest((e) => {
  found = $app.findRecordsByFilter("users", "role = 'editor'", "", 1, 0) // <--
  e.record.set("plan", found.length ? "team" : "solo")
  e.next()
}, "users")
