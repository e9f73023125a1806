// The v0.22 hook: the file does not load, and with it goes the route below.
//   > GET /api/ping
//   < 404
//   log: "onRecordBeforeCreateRequest is not defined"

onRecordBeforeCreateRequest((e) => { // <--
  e.record.set("status", "draft")
}, "posts")

routerAdd("GET", "/api/ping", (e) => e.string(200, "pong"))
