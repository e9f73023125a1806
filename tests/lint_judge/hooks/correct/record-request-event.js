// The request behind a record's request event.
//   > POST posts {"title":"x"}
//   < 200 {"slug":"127.0.0.1"}

onRecordCreateRequest((e) => {
  const agent = e.requestEvent.request.header.get("User-Agent") || "none"
  e.record.set("meta", { agent, method: e.requestInfo().method })
  e.record.set("slug", e.requestEvent.realIP())
  e.next()
}, "posts")
