// A record's request event has no `request`; only routes have.
//   > POST posts {"title":"Hello"}
//   < 400
//   log: "TypeError"

onRecordCreateRequest((e) => {
  const agent = e.request.header.get("User-Agent") // <--
  e.record.set("meta", { agent })
  e.next()
}, "posts")
