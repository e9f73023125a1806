onRecordCreateRequest((e) => {
  if (!e.auth) {
    return e.unauthorizedError("Bitte anmelden.", null)
  }
  e.next()
}, "posts")
