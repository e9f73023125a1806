// What belongs to nobody is swept up.
//   > GET comments
//   < 200 {"totalItems":2}

migrate((app) => {
  app.db().newQuery(`
    DELETE FROM comments
    WHERE post != '' AND post NOT IN (SELECT id FROM posts)
  `).execute()
}, (app) => {})
