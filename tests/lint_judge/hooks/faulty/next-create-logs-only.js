// The handler only writes a line: the client is told 200, and the post is not there.
//   > POST posts {"title":"Hello"}
//   < 200 {"title":"Hello"}
//   > GET posts
//   < 200 {"totalItems":3}

/// <reference path="../pb_data/types.d.ts" />

onRecordCreate((e) => { // <-- never handed on
  console.log("New post:", e.record.get("title"))
}, "posts")
