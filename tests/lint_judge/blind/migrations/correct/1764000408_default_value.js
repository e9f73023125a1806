// the default comes from an autogenerate pattern that has but one value
migrate((app) => {
  const c = new Collection({
    name: "tickets", type: "base", createRule: "",
    fields: [
      { name: "subject", type: "text", required: true },
      { name: "state", type: "text", pattern: "^(open|closed)$", autogeneratePattern: "open" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("tickets")))
