migrate((app) => {
  const c = new Collection({ name: "tags", type: "base", fields: [{ name: "label", type: "text" }] })
  app.save(c)
})
