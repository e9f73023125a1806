// A provider added to those there are.
//   > GET /api/collections/users
//   < 200 {"oauth2":{"enabled":true}} "github"

migrate((app) => {
  const users = app.findCollectionByNameOrId("users")
  unmarshal({
    oauth2: {
      enabled: true,
      providers: [{ name: "github", clientId: "id", clientSecret: "secret" }],
      mappedFields: { name: "name" },
    },
  }, users)
  app.save(users)
}, (app) => {
  const users = app.findCollectionByNameOrId("users")
  unmarshal({ oauth2: { enabled: false, providers: [] } }, users)
  app.save(users)
})
