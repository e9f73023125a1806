// `return e.next` hands back the function instead of calling it.
//   > PATCH posts/post00000000001 {"title":"Changed"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"title":"First"}

onRecordUpdate((e) => { // <--
  const slug = e.record.getString("title").toLowerCase().replace(/\s+/g, "-")
  e.record.set("slug", slug)
  return e.next // <--
}, "posts")
