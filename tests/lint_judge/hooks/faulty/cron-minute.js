// There is no minute 61; the file ends there.
//   > GET /api/after
//   < 404
//   log: "failed to execute main.pb.js"

cronAdd("digest", "61 * * * *", () => { // <--
  console.log("digest")
})

routerAdd("GET", "/api/after", (e) => e.string(200, "here"))
