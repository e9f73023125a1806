migrate((app) => {
  const col = app.findCollectionByNameOrId("posts")
  col.fields.add(new Field({ type: "text", name: "sku" }))
  col.addIndex("idx_posts_sku", true, "sku", "")
  app.save(col)
}, (app) => {
  const col = app.findCollectionByNameOrId("posts")
  col.removeIndex("idx_posts_sku")
  col.fields.removeByName("sku")
  app.save(col)
})
