// A superuser of one's own.
//   > POST /api/collections/_superusers/auth-with-password {"identity":"boss@example.com","password":"1234567890"}
//   < 200

migrate((app) => {
  const superusers = app.findCollectionByNameOrId("_superusers")
  const record = new Record(superusers)
  record.set("email", "boss@example.com")
  record.set("password", "1234567890")
  app.save(record)
}, (app) => {
  try {
    app.delete(app.findAuthRecordByEmail("_superusers", "boss@example.com"))
  } catch {
    // probably already deleted
  }
})
