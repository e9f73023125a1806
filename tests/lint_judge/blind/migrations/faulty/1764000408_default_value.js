migrate((app) => {
  const c = new Collection({
    name: "tickets", type: "base", createRule: "",
    fields: [
      { name: "subject", type: "text", required: true },
      { name: "state", type: "select", values: ["open", "closed"], default: "open" },
    ],
  })
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("tickets")))
