// `$os.readDir`.
//   > GET /api/files-here
//   < 400
//   log: "TypeError"

routerAdd("GET", "/api/files-here", (e) => {
  const names = $os.readdir(__hooks).map((entry) => entry.name()) // <--
  return e.json(200, names)
}, $apis.requireSuperuserAuth())
