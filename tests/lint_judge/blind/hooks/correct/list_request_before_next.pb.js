onRecordsListRequest((e) => {
  for (const record of e.records) {
    record?.hide("author")
  }
  e.next()
}, "posts")
