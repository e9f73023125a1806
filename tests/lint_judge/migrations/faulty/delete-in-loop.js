// Each row deleted, one by one, without a condition.
//   > GET posts
//   < 200 {"totalItems":0}

migrate((app) => {
  const records = app.findAllRecords("posts") // <--
  for (const record of records) {
    app.delete(record) // <--
  }
}, (app) => {})
