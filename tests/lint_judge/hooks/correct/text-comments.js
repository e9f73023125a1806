// Comments that hold code, quotes and what looks like an end.
//   > POST posts {"title":"x"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":4}

/*
 * Runs before a post is stored; once it was onRecordBeforeCreateRequest((c) => $app.dao().saveRecord(...)).
 * Don't use fetch() or `new URL()` here: there's no browser.
 */
onRecordCreate((e) => {
  // e.record.title = "x" would set nothing
  const note = "see $app.dao() // not a comment"; /* c.bind(data) */
  if (note.length > 3) { /* } */ }
  e.next() // hands on
}, "posts")
