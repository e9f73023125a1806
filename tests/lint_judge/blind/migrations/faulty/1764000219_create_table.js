migrate((app) => {
  app.db().newQuery(`
    CREATE TABLE orders (
      id TEXT PRIMARY KEY NOT NULL,
      total NUMERIC DEFAULT 0
    )`).execute();
}, (app) => {
  app.db().newQuery("DROP TABLE orders").execute();
});
