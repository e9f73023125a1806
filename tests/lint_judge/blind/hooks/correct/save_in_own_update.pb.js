onRecordAfterUpdateSuccess((e) => {
  const q = $app.db().newQuery("UPDATE posts SET views = views + 1 WHERE id = {:id}")
  q.bind({ id: e.record.id }).execute()
  e.next()
}, "posts")
