// A value of the environment, with a default.
//   > GET /api/settings
//   < 200 {"meta":{"senderAddress":"noreply@example.com"}}

migrate((app) => {
  const settings = app.settings()
  settings.meta.senderAddress = $os.getenv("SHOP_SENDER") || "noreply@example.com"
  app.save(settings)
}, (app) => {})
