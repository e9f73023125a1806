// Read by SQL into models.
//   > GET audit
//   < 200 "ann@example.com"

migrate((app) => {
  const rows = arrayOf(new DynamicModel({ id: "", email: "", credits: -0 }))
  app.db().select("id", "email", "credits").from("users").andWhere($dbx.exp("credits > {:min}", { min: 5 })).all(rows)

  const audit = app.findCollectionByNameOrId("audit")
  rows.forEach((row) => {
    app.save(new Record(audit, { action: "migrated", who: row.email, data: { credits: row.credits } }))
  })
}, (app) => {
  app.findAllRecords("audit", $dbx.hashExp({ action: "migrated" })).forEach((row) => app.delete(row))
})
