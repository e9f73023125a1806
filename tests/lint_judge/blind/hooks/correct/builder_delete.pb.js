cronAdd("aufräumen", "@daily", () => {
  $app.db()
    .delete("posts", $dbx.and($dbx.hashExp({ status: "archived" }), $dbx.exp("views < {:v}", { v: 5 })))
    .execute()
  const q = "UPDATE posts SET views = views + 1\n" + "WHERE slug = 'b'"
  $app.db().newQuery(q).execute()
})
