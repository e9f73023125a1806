// The settings of an auth collection in `options` are dropped.
//   > GET /api/collections/members
//   < 200 {"manageRule":null}
//   says: `options`, options.

migrate((app) => {
  const members = new Collection({
    name: "members",
    type: "auth",
    options: { // <--
      manageRule: "@request.auth.collectionName = 'staff'",
      minPasswordLength: 12,
    },
  })
  app.save(members)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("members"))
})
