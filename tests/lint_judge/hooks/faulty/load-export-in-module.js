// A module in the manner of ES modules.
//   > GET /api/x
//   < 400
//   log: "SyntaxError"

// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/x", (e) => {
  const { greet } = require(`${__hooks}/greet.js`)
  return e.json(200, { text: greet("you") })
})
// ==== pb_hooks/greet.js
export function greet(name) { // <--
  return `Hello ${name}`
}
