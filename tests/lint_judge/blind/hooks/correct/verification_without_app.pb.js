onRecordAfterCreateSuccess((e) => {
  $mails.sendRecordVerification(e.app, e.record)
  e.next()
}, "users")

onMailerRecordVerificationSend((e) => {
  // no mail server here: only counted
  const stat = new Record(e.app.findCollectionByNameOrId("stats"), { name: "mail" })
  e.app.save(stat)
})
