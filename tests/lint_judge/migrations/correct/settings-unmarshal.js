// Settings through unmarshal.
//   > GET /api/settings
//   < 200 {"batch":{"enabled":true,"maxRequests":20}}

migrate((app) => {
  const settings = app.settings()
  unmarshal({
    batch: { enabled: true, maxRequests: 20 },
    rateLimits: { enabled: false },
  }, settings)
  app.save(settings)
}, (app) => {
  const settings = app.settings()
  unmarshal({ batch: { enabled: false } }, settings)
  app.save(settings)
})
