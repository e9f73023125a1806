migrate((app) => {
  const settings = app.settings()
  settings.meta.appName = "Laden"
  settings.meta.hideControls = true
}, (app) => {
  const settings = app.settings()
  settings.meta.appName = "Acme"
  app.save(settings)
})
