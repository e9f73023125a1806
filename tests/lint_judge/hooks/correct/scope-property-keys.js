// Keys and properties that are called like names of outside, or like browser globals.
//   > GET /api/keys
//   < 200 {"URL":"https://example.com","fetch":1,"total":5,"max":2}

const URL = "https://example.org"
const total = 4, max = 9

routerAdd("GET", "/api/keys", (e) => {
  const config = { URL: "https://example.com", fetch: 1, max: 2 }
  config.total = 5
  return e.json(200, { URL: config.URL, fetch: config["fetch"], total: config.total, max: config.max })
})
