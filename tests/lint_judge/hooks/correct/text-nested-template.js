// Templates in templates, with strings and braces within.
//   > GET /api/table
//   < 200 "<tr><td>1: {First}</td></tr>"

routerAdd("GET", "/api/table", (e) => {
  const rows = $app.findRecordsByFilter("posts", "slug = 'first'", "", 1, 0)
  const html = `<table>${rows.map((r, i) => `<tr>${["title"].map((f) => `<td>${i + 1}: {${r.get(f)}}</td>`).join("")}</tr>`).join("\n")}</table>`
  return e.html(200, html)
})
