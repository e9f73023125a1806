migrate((app) => {
  app.importCollections([{
    name: "orders", type: "base", listRule: "",
    fields: [{ name: "total", type: "number" }],
  }], false);
}, (app) => {
  app.delete(app.findCollectionByNameOrId("orders"));
});
