migrate((app) => {
  const c = new Collection({
    type: "base",
    name: "vouchers",
    createRule: "",
    fields: [{ type: "text", name: "code", required: true }],
  });
  c.addIndex("idx_vouchers_code", true, "code", "");
  app.save(c);
}, (app) => app.delete(app.findCollectionByNameOrId("vouchers")));
