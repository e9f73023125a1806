// The statement is built, bound, and never executed.
//   > POST /api/reset
//   < 204
//   > GET posts/post00000000001
//   < 200 {"views":5}

routerAdd("POST", "/api/reset", (e) => {
  $app.db().newQuery("UPDATE posts SET views = {:n}").bind({ n: 0 }) // <--
  return e.noContent(204)
})
