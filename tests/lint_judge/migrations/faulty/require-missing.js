// The module that is to hold the fields is not there.
//   starts: no "Invalid module"

migrate((app) => {
  const { fields } = require(`${__hooks}/shared/fields.js`) // <--
  app.save(new Collection({ name: "books", type: "base", fields }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
