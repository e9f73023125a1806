routerAdd("GET", "/drafts", (e) => {
  return e.json(200, { n: $app.countRecords("posts", $dbx.exp("status = 'draft'"), $dbx.not($dbx.hashExp({ slug: "b" }))) })
})
