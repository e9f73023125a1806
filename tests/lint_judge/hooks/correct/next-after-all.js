// The plainest of all.
//   > POST posts {"title":"Hello"}
//   < 200 {"status":"draft"}
//   > GET posts
//   < 200 {"totalItems":4}

/// <reference path="../pb_data/types.d.ts" />

onRecordCreate((e) => {
  if (!e.record.get("status")) {
    e.record.set("status", "draft")
  }

  e.next()
}, "posts")
