// An auth collection with its settings where v0.23 has them.
//   > GET /api/collections/members
//   < 200 {"manageRule":"@request.auth.collectionName = '_superusers'","passwordAuth":{"enabled":true,"identityFields":["email"]}}

migrate((app) => {
  const members = new Collection({
    type: "auth",
    name: "members",
    createRule: "",
    manageRule: "@request.auth.collectionName = '_superusers'",
    authRule: "verified = true",
    passwordAuth: { enabled: true, identityFields: ["email"] },
    otp: { enabled: false },
    authToken: { duration: 604800 },
    fields: [{ name: "nick", type: "text", max: 40 }],
  })
  app.save(members)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("members"))
})
