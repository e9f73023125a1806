routerAdd("POST", "/mail", (e) => {
  const message = new MailerMessage({
    from: "shop@example.com",
    to: [{ address: "ana@example.com" }],
    subject: "Hallo",
    html: "<p>Hi</p>",
  })
  return e.json(200, { from: message.from.address })
})
