migrate((app) => {
  const kunden = new Collection({
    type: "base", name: "kunden", createRule: "",
    fields: [
      { name: "firma", type: "text", required: true, options: { min: 2, max: 20 } },
    ],
  })
  app.save(kunden)
}, (app) => {
  const kunden = app.findCollectionByNameOrId("kunden")
  app.delete(kunden)
})
