// Rows deleted by a condition that names them.
//   > GET comments
//   < 200 {"totalItems":1}

migrate((app) => {
  app.db().delete("comments", $dbx.hashExp({ id: "comment00000001" })).execute()
}, (app) => {
  const comment = new Record(app.findCollectionByNameOrId("comments"))
  comment.load({ id: "comment00000001", post: "post00000000001", text: "Nice" })
  app.save(comment)
})
