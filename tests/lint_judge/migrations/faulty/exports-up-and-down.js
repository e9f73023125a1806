// As other tools have it: nobody calls up and down.
//   starts: no "not defined"

module.exports = { // <--
  up(app) {
    app.save(new Collection({ name: "books", type: "base", fields: [{ name: "title", type: "text" }] }))
  },
  down(app) {
    app.delete(app.findCollectionByNameOrId("books"))
  },
}
