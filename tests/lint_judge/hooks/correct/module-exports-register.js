// The module exports a function that registers; constants are required where they are needed.
//   > GET /api/v2/limits
//   < 200 {"max":25}

// ==== pb_hooks/app.pb.js
const routes = require(__hooks + "/routes.js")
routes.register("/api/v2")
// ==== pb_hooks/routes.js
exports.register = function (prefix) {
  routerAdd("GET", prefix + "/limits", (e) => {
    const config = require(`${__hooks}/config.js`)
    return e.json(200, { max: config.max })
  })
}
// ==== pb_hooks/config.js
module.exports.max = 25
