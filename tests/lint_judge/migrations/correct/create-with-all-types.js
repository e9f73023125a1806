// A field of each type, by its own class.
//   > GET /api/collections/everything
//   < 200 "geoPoint" "autodate" "editor"
//   down: 1
//   > GET /api/collections/everything
//   < 404

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  const collection = new Collection({ type: "base", name: "everything" })
  collection.fields.add(
    new TextField({ name: "code", min: 3, max: 12, pattern: "^[A-Z0-9]+$" }),
    new EditorField({ name: "body", convertURLs: false }),
    new NumberField({ name: "amount", min: 0, onlyInt: true }),
    new BoolField({ name: "active" }),
    new EmailField({ name: "mail", exceptDomains: ["example.org"] }),
    new URLField({ name: "site" }),
    new DateField({ name: "due" }),
    new AutodateField({ name: "created", onCreate: true }),
    new AutodateField({ name: "updated", onCreate: true, onUpdate: true }),
    new SelectField({ name: "size", values: ["s", "m", "l"], maxSelect: 2 }),
    new FileField({ name: "scan", maxSelect: 3, maxSize: 5242880, mimeTypes: ["application/pdf"] }),
    new RelationField({ name: "post", collectionId: posts.id, maxSelect: 1, cascadeDelete: true }),
    new JSONField({ name: "extra", maxSize: 20000 }),
    new GeoPointField({ name: "place" }),
  )
  return app.save(collection)
}, (app) => {
  return app.delete(app.findCollectionByNameOrId("everything"))
})
