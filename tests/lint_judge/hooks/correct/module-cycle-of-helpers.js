// Modules among themselves see their own names.
//   > GET /api/greet/ann
//   < 200 {"text":"Hello, Ann!"}

// ==== pb_hooks/greet.pb.js
routerAdd("GET", "/api/greet/{name}", (e) => {
  const { greet } = require(`${__hooks}/greeting.js`)
  return e.json(200, { text: greet(e.request.pathValue("name")) })
})
// ==== pb_hooks/greeting.js
const { capital } = require(`${__hooks}/text.js`)
const SIGN = "!"

function greet(name) {
  return `Hello, ${capital(name)}${SIGN}`
}

module.exports = { greet }
// ==== pb_hooks/text.js
module.exports = {
  capital: (s) => s.charAt(0).toUpperCase() + s.slice(1),
}
