// Handed on in `finally`.
//   > POST posts {"title":"x","slug":"Needs Work"}
//   < 200 {"slug":"needs-work"}
//   > GET posts
//   < 200 {"totalItems":4}

onRecordCreate((e) => {
  try {
    const slug = e.record.getString("slug")
    e.record.set("slug", slug.toLowerCase().replace(/\s+/g, "-"))
  } finally {
    e.next()
  }
}, "posts")
