// The module registers its hook as soon as it is required, and that hook does not hand on.
//   > POST comments {"text":"hi","post":"post00000000001"}
//   < 200
//   > GET comments
//   < 200 {"totalItems":2}

// ==== pb_hooks/main.pb.js
require(`${__hooks}/features/comments.js`)
// ==== pb_hooks/features/comments.js
onRecordCreate((e) => { // <--
  const text = e.record.getString("text").trim()
  e.record.set("text", text)
}, "comments")
