migrate(app => {
  const c = new Collection({ name: "signups", type: "base", createRule: "", fields: [
    { name: "mail", type: "email", required: true, exceptDomains: ["example.net"] },
    { name: "site", type: "url", onlyDomains: null },
    { name: "where", type: "geoPoint" },
    { name: "blob", type: "file", maxSize: 1024, thumbs: ["100x100"], protected: true },
  ], indexes: ["CREATE UNIQUE INDEX idx_signups_mail ON signups (mail COLLATE NOCASE)"] })
  app.save(c)
}, app => app.delete(app.findCollectionByNameOrId("signups")))
