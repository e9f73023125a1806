// A migration is a script.
//   starts: no "SyntaxError"

import { fields } from "./fields.js" // <--

migrate((app) => {
  app.save(new Collection({ name: "books", type: "base", fields }))
}, (app) => app.delete(app.findCollectionByNameOrId("books")))
