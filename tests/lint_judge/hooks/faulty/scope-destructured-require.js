// Required at the top and taken apart: unknown in the handler.
//   > PATCH posts/post00000000001 {"title":"New"}
//   < 400
//   log: "tidy is not defined"

// ==== pb_hooks/main.pb.js
const { tidy, shorten: cut } = require(`${__hooks}/text.js`)

onRecordUpdate((e) => {
  e.record.set("title", tidy(e.record.getString("title"))) // <--
  e.next()
}, "posts")
// ==== pb_hooks/text.js
module.exports = {
  tidy(text) { return text.trim().replace(/ +/g, " ") },
  shorten(text, n) { return text.slice(0, n) },
}
