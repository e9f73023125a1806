routerAdd("GET", "/greet/{name}", (e) => {
  const utils = require("./utils.js")
  return e.string(200, utils.greet(e.request.pathValue("name")))
})
