// A helper function at the top of the file is not there either.
//   > GET /api/slug/Hello
//   < 400
//   log: "slugify is not defined"

function slugify(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-")
}

routerAdd("GET", "/api/slug/{text}", (e) => {
  return e.json(200, { slug: slugify(e.request.pathValue("text")) }) // <--
})
