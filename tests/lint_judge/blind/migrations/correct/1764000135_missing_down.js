const up = (app) => {
  const c = new Collection({ name: "tags", type: "base", fields: [{ name: "label", type: "text" }] })
  app.save(c)
}
const down = (app) => app.delete(app.findCollectionByNameOrId("tags"))

migrate(up, down)
