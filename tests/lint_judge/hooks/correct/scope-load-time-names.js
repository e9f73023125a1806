// Names of the file used while it loads, not in a handler.
//   > GET /api/v1/ping
//   < 200 "pong"
//   > GET /api/crons
//   < 200 "nightly"

const PREFIX = "/api/v1"
const path = (name) => `${PREFIX}/${name}`
var schedule = "0 2 * * *"

routerAdd("GET", path("ping"), (e) => e.string(200, "pong"))
cronAdd("nightly", schedule, () => {})
