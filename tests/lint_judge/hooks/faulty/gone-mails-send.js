// `$mails` sends only PocketBase's own mails.
//   > POST comments {"text":"hey"}
//   < 400
//   log: "TypeError"

onRecordAfterCreateSuccess((e) => {
  $mails.send($app, { // <--
    to: [{ address: "team@example.com" }],
    subject: "New comment",
    html: e.record.getString("text"),
  })
  e.next()
}, "comments")
