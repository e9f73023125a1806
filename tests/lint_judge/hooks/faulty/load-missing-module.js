// The module's name is spelt otherwise than its file.
//   > GET /api/x
//   < 400
//   log: "Invalid module"

// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/x", (e) => {
  const helpers = require(`${__hooks}/helper.js`) // <--
  return e.json(200, { x: helpers.x() })
})
// ==== pb_hooks/helpers.js
module.exports = { x: () => 1 }
