// Old words in comments, texts and values of a field that may be called options.
//   > POST forms {"options":{"schema":1}}
//   < 200

// Was: const dao = new Dao(db); collection.schema.addField(new SchemaField({ options: {} }))
migrate((app) => {
  const note = "no $app and no `schema` here; DELETE FROM nothing"
  const forms = new Collection({
    name: "forms",
    type: "base",
    fields: [
      { name: "options", type: "json" },
      { name: "schema", type: "text" },
      { name: "hint", type: "text", max: note.length },
    ],
  })
  app.save(forms)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("forms"))
})
