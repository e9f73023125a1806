// A comma too few: the server does not start.
//   starts: no "SyntaxError"

migrate((app) => {
  const books = new Collection({
    name: "books"
    type: "base", // <--
    fields: [],
  })
  app.save(books)
}, (app) => {})
