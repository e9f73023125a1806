routerAdd("GET", "/slugs", (e) => {
  const rows = arrayOf(new DynamicModel({ "slug": "" }))
  $app.db().select("slug").distinct(true).from("posts").where("status = 'draft'").orderBy("slug ASC").all(rows)
  return e.json(200, rows)
})
