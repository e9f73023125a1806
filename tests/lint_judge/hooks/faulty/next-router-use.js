// A middleware for all: every answer becomes an empty 200.
//   > GET posts
//   < 200 null

routerUse((e) => { // <--
  const started = Date.now()
  console.log(e.request.method, e.request.url.path, Date.now() - started)
})
