// The same in a template with a name in it.
//   > GET users
//   < 200 {"totalItems":0}

migrate((app) => {
  for (const table of ["users"]) {
    app.db().newQuery(`DELETE FROM ${table};`).execute() // <--
  }
}, (app) => {})
