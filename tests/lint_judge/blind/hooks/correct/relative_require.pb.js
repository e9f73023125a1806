routerAdd("GET", "/greet/{name}", (e) => {
  const utils = require($filepath.join(__hooks, "utils"))
  return e.string(200, utils.greet(e.request.pathValue("name")))
})
