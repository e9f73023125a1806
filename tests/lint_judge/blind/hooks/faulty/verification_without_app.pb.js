onRecordAfterCreateSuccess((e) => {
  $mails.sendRecordVerification(e.record)
  e.next()
}, "users")
