// The same in a hook that comes after success.
//   > PATCH posts/post00000000001 {"title":"New"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"views":5}

onRecordAfterUpdateSuccess((e) => {
  const views = e.record.getInt("views")
  e.record.set("views", views + 1) // <--
  e.next()
}, "posts")
