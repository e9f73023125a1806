migrate((app) => {
  const events = new Collection({
    name: "events",
    type: "base",
    fields: [{ name: "kind", type: "text" }],
    indexes: ["CREATE INDEX idx_events_created ON events (created)"],
  })
  app.save(events)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("events"))
})
