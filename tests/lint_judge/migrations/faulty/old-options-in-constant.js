// The old shape stands in a constant above.
//   starts: no "values"
//   says: `options`, options.

const fields = [
  { name: "name", type: "text" },
  { name: "size", type: "select", options: { maxSelect: 1, values: ["s", "m", "l"] } }, // <--
]

migrate((app) => {
  const collection = new Collection({ name: "shirts", type: "base", fields })
  app.save(collection)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("shirts"))
})
