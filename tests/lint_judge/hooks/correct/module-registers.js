// A module registers hooks and routes when the file requires it.
//   > POST comments {"text":"  hi  "}
//   < 200 {"text":"hi"}
//   > GET /api/comments/count
//   < 200 {"n":3}

// ==== pb_hooks/main.pb.js
require(`${__hooks}/features/comments.js`)
// ==== pb_hooks/features/comments.js
onRecordCreate((e) => {
  e.record.set("text", e.record.getString("text").trim())
  e.next()
}, "comments")

routerAdd("GET", "/api/comments/count", (e) => e.json(200, { n: $app.countRecords("comments") }))
