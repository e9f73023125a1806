// The list answers 200 with nothing in it.
//   > GET posts
//   < 200 null

onRecordsListRequest((e) => { // <--
  for (const record of e.records) {
    record.hide("body")
  }
}, "posts")
