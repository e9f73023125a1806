migrate((app) => {
  const superusers = app.findCollectionByNameOrId("_superusers")
  const admin = new Record(superusers)
  admin.set("email", "root@example.com")
  admin.set("password", "sehr-geheim-1")
  app.save(admin)
}, (app) => {
  try {
    app.delete(app.findAuthRecordByEmail("_superusers", "root@example.com"))
  } catch {
    // silent errors (probably already deleted)
  }
})
