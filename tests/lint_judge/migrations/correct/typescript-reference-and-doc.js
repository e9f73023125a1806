// Comments with braces and quotes before, between and behind.
//   > GET /api/collections/books
//   < 200 "title"

/// <reference path="../pb_data/types.d.ts" />

/**
 * Books { title, "subtitle" }
 * `migrate(` is called below.
 */
migrate(/* up */ (app) => {
  const rule = "@request.auth.id != '' && @request.body.title:isset = true" // "who" and what }
  app.save(new Collection({ name: "books", type: "base", createRule: rule, fields: [{ name: "title", type: "text" }] }))
}, /* down */ (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
