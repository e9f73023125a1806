migrate((app) => {
  const c = app.findCollectionByNameOrId("posts")
  c.updateRule = "author = @request.auth.id && status ?= 'draft' && (title !~ '==%' || views >= 0) // owner"
  app.save(c)
}, (app) => {
  const c = app.findCollectionByNameOrId("posts")
  c.updateRule = ""
  app.save(c)
})
