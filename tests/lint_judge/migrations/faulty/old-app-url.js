// `appUrl` is `appURL`.
//   > GET /api/settings
//   < 200 {"meta":{"appName":"Shop"}} !"shop.example.com"

migrate((app) => {
  const settings = app.settings()
  settings.meta.appName = "Shop"
  settings.meta.appUrl = "https://shop.example.com" // <--
  app.save(settings)
}, (app) => {})
