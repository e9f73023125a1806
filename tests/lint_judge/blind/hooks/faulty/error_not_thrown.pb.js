onRecordCreateRequest((e) => {
  if (!e.auth) {
    e.unauthorizedError("Bitte anmelden.", null)
  }
  e.next()
}, "posts")
