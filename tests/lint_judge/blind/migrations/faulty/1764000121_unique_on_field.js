migrate((app) => {
  const c = new Collection({
    type: "base",
    name: "vouchers",
    createRule: "",
    fields: [{ type: "text", name: "code", required: true, unique: true }],
  });
  app.save(c);
}, (app) => app.delete(app.findCollectionByNameOrId("vouchers")));
