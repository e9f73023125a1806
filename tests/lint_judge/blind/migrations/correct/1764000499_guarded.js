migrate((app) => {
  try {
    app.findCollectionByNameOrId("comments")
    return // there already
  } catch (e) {
    // go on
  }
  app.save(new Collection({ name: "comments", type: "base" }))
}, (_app) => { /* left as it is */ })
