// The app's settings.
//   > GET /api/settings
//   < 200 {"meta":{"appName":"Shop","appURL":"https://shop.example.com"},"logs":{"maxDays":3}}

migrate((app) => {
  const settings = app.settings()
  settings.meta.appName = "Shop"
  settings.meta.appURL = "https://shop.example.com"
  settings.logs.maxDays = 3
  app.save(settings)
}, (app) => {
  const settings = app.settings()
  settings.meta.appName = "Acme"
  settings.logs.maxDays = 5
  app.save(settings)
})
