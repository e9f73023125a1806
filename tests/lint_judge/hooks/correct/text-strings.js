// Words of old in strings and keys of one's own.
//   > POST /api/relay {"data":{"authRecord":"x","schema":[1]}}
//   < 200 {"who":"x","n":1,"hint":"use $app.dao()"}

routerAdd("POST", "/api/relay", (e) => {
  const body = e.requestInfo().body
  const { authRecord, schema } = body.data
  return e.json(200, { who: authRecord, n: schema.length, hint: "use $app.dao()" })
})
