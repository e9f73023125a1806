routerAdd("GET", "/slugs", (e) => {
  const rows = arrayOf(new DynamicModel({ "slug": "" }))
  $app.db().select("slug").distinct(true).from("posts").where($dbx.exp("status = 'draft'")).andWhere($dbx.like("slug", "a", "b").match(true, true)).orWhere($dbx.in("slug", "a", "b")).orderBy("slug ASC").all(rows)
  return e.json(200, rows)
})
