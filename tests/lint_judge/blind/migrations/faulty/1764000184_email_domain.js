migrate((app) => {
  for (const user of app.findAllRecords("users")) {
    user.setEmail(user.email().replace("@example.com", "@example.org"))
    app.save(user)
  }
}, (app) => {
  for (const user of app.findAllRecords("users")) {
    user.setEmail(user.email().replace("@example.org", "@example.com"))
    app.save(user)
  }
})
