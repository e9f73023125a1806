// v0.22 had `e.httpContext`.
//   > GET posts
//   < 400
//   log: "TypeError"

onRecordsListRequest((e) => {
  const ip = e.httpContext.realIP() // <--
  console.log("list from", ip)
  e.next()
}, "posts")
