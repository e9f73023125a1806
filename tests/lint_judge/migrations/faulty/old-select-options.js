// A select whose values lie in `options` has none.
//   starts: no "values"
//   says: `options`, options.

migrate((app) => {
  const books = new Collection({
    name: "books",
    fields: [
      {
        name: "genre",
        type: "select",
        options: { values: ["novel", "poetry"], maxSelect: 1 }, // <--
      },
    ],
  })
  app.save(books)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("books"))
})
