// What handlers share lives in the app's store.
//   > POST posts {"title":"x"}
//   > POST posts {"title":"y"}
//   > GET /api/seen
//   < 200 {"n":2}

onRecordAfterCreateSuccess((e) => {
  const seen = $app.store().get("seen") || 0
  $app.store().set("seen", seen + 1)
  e.next()
}, "posts")

routerAdd("GET", "/api/seen", (e) => e.json(200, { n: $app.store().get("seen") || 0 }))
