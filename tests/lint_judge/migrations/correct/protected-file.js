// A protected file on a collection that is not public.
//   > GET /api/collections/contracts
//   < 200 "protected"

migrate((app) => {
  app.save(new Collection({
    name: "contracts",
    type: "base",
    listRule: "owner = @request.auth.id",
    viewRule: "owner = @request.auth.id",
    fields: [
      { name: "owner", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1, required: true },
      { name: "scan", type: "file", maxSelect: 1, maxSize: 10485760, protected: true },
    ],
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("contracts"))
})
