// A helper that would hand on is defined and never called.
//   > POST posts {"title":"Hello"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":3}

onRecordCreate((e) => { // <--
  const proceed = () => { e.next() }
  const title = e.record.getString("title")
  if (title.length > 200) {
    throw new BadRequestError("too long")
  }
}, "posts")
