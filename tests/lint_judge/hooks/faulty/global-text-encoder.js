// `TextEncoder`, in a module.
//   > GET /api/bytes
//   < 400
//   log: "TextEncoder is not defined"

// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/bytes", (e) => {
  const { size } = require(`${__hooks}/bytes.js`)
  return e.json(200, { size: size("äöü") })
})
// ==== pb_hooks/bytes.js
exports.size = function (text) {
  return new TextEncoder().encode(text).length // <--
}
