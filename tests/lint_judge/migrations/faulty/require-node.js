// Node's modules are not there.
//   starts: no "Invalid module"

const fs = require("fs") // <--

migrate((app) => {
  const schema = JSON.parse(fs.readFileSync("schema.json", "utf8"))
  app.importCollections(schema, false)
}, (app) => {})
