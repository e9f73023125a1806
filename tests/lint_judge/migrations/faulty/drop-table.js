// The table is dropped below the collection.
//   > GET orders
//   < 400

migrate((app) => {
  app.db().newQuery("DROP TABLE IF EXISTS orders").execute() // <--
}, (app) => {})
