// And in what is spread into the literal.
//   > POST tags {"label":"far too long for five"}
//   < 200
//   says: `options`, options.

migrate((app) => {
  const text = (name, options = {}) => ({ name, type: "text", options }) // <--
  const common = [{ name: "created", type: "autodate", onCreate: true }]
  app.save(new Collection({
    name: "tags",
    type: "base",
    createRule: "",
    fields: [text("label", { max: 5 }), ...common], // <--
  }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId("tags"))
})
