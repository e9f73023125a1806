// The module has a function of its own called fetch.
//   > GET /api/ask
//   < 200 {"code":200}

// ==== pb_hooks/ask.pb.js
routerAdd("GET", "/api/ask", (e) => {
  const { fetch } = require(`${__hooks}/http.js`)
  const res = fetch(`http://${e.request.host}/api/health`)
  return e.json(200, { code: res.status })
})
// ==== pb_hooks/http.js
function fetch(url, options = {}) {
  const { method = "GET", body, headers = {} } = options
  const res = $http.send({ url, method, body, headers, timeout: 5 })
  return { status: res.statusCode, json: () => res.json }
}

module.exports = { fetch }
