// Hooks are scripts: `import` is a syntax error, and nothing of the file is there.
//   > GET /api/x
//   < 404
//   log: "SyntaxError"

import dayjs from "dayjs" // <--

routerAdd("GET", "/api/x", (e) => e.json(200, { now: dayjs().format() }))
