// A code that makes itself.
//   > POST vouchers {}
//   < 200 "VC-"

migrate((app) => {
  app.save(new Collection({
    name: "vouchers",
    type: "base",
    fields: [
      { name: "code", type: "text", autogeneratePattern: "VC-[A-Z0-9]{8}" },
      { name: "secret", type: "text", hidden: true },
    ],
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("vouchers")))
