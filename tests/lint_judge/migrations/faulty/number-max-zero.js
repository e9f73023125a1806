// 0 is a real limit here: nothing above it.
//   > POST products {"price":9.5}
//   < 400 {"data":{"price":{"code":"validation_max_number_constraint"}}}
//   says: max: 0, max 0, max is 0

migrate((app) => {
  app.save(new Collection({
    name: "products",
    type: "base",
    fields: [{ name: "price", type: "number", min: 0, max: 0 }], // <--
  }))
}, (app) => app.delete(app.findCollectionByNameOrId("products")))
