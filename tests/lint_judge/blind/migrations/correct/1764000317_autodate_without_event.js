migrate((app) => {
  const c = new Collection({ name: "visits", type: "base" })
  c.fields.add(
    new TextField({ name: "page" }),
    new AutodateField({ name: "created", onCreate: true }),
    new AutodateField({ name: "updated", onCreate: true, onUpdate: true }),
  )
  app.save(c)
}, (app) => app.delete(app.findCollectionByNameOrId("visits")))
