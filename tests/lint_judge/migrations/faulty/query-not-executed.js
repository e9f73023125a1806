// The statement is never executed.
//   > GET posts/post00000000001
//   < 200 {"views":5}

migrate((app) => {
  app.db().newQuery("UPDATE posts SET views = views + {:n} WHERE status = 'published'").bind({ n: 100 }) // <--
}, (app) => {})
