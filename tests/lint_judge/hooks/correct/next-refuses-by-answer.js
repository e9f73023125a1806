// A request hook that answers itself stores nothing, and says so.
//   > guest: DELETE posts/post00000000003
//   < 403 {"error":"members only"}
//   > ann: DELETE posts/post00000000003
//   < 204

onRecordDeleteRequest((e) => {
  if (!e.auth) {
    return e.json(403, { error: "members only" })
  }
  return e.next()
}, "posts")
