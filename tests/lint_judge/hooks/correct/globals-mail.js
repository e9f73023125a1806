// A message of one's own, built and not sent where there is no address.
//   > POST comments {"text":"hey"}
//   < 200

onRecordAfterCreateSuccess((e) => {
  const { senderAddress, senderName, appURL } = $app.settings().meta
  const message = new MailerMessage({
    from: { address: senderAddress, name: senderName },
    to: [],
    subject: `New comment on ${appURL}`,
    html: `<p>${e.record.getString("text")}</p>`,
  })
  if (message.to.length > 0) {
    $app.newMailClient().send(message)
  }
  e.next()
}, "comments")
