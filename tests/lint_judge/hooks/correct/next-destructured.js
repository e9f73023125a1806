// A handler that calls its event something else.
//   > PATCH posts/post00000000001 {"title":"Changed"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"title":"Changed","slug":"changed"}

onRecordUpdate(function (event) {
  const { record } = event
  record.set("slug", record.getString("title").toLowerCase())
  event.next()
}, "posts")
