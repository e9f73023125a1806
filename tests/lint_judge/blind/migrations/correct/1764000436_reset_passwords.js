migrate((app) => {
  const users = app.findAllRecords("users")
  users.forEach((user) => {
    user.setVerified(true)
    app.save(user)
  })
}, (app) => {
  app.findAllRecords("users").forEach((user) => { user.set("verified", false); app.save(user) })
})
