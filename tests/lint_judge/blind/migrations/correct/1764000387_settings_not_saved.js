migrate((app) => {
  const settings = app.settings()
  settings.meta.appName = "Laden"
  settings.meta.hideControls = true
  app.save(settings)
}, (app) => {
  const settings = app.settings()
  settings.meta.appName = "Acme"
  app.save(settings)
})
