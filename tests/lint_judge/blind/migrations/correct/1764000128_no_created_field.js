migrate((app) => {
  const events = new Collection({
    name: "events",
    type: "base",
    fields: [
      { name: "kind", type: "text" },
      { name: "created", type: "autodate", onCreate: true },
    ],
    indexes: ["create index if not exists `idx_events_created` on `events` (`created` desc)"],
  })
  app.save(events)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("events"))
})
