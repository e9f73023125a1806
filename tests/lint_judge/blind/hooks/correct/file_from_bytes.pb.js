onRecordCreate((e) => {
  const datei = $filesystem.fileFromBytes("inhalt", "notiz.txt")
  e.record.set("doc", [datei])
  e.record.set("tags+", "news")
  return e.next()
}, "posts")
