// `new ForbiddenError` without `throw`.
//   > guest: DELETE posts/post00000000003
//   < 204

onRecordDeleteRequest((e) => {
  if (!e.auth) new ForbiddenError("Only members may delete.") // <--
  return e.next()
}, "posts")
