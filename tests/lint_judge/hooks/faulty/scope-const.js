// Handlers run in another runtime: a constant of the file is not there.
//   > POST posts {"title":"Hello"}
//   < 400
//   log: "MAX_TITLE is not defined"

const MAX_TITLE = 80

onRecordCreateRequest((e) => {
  if (e.record.getString("title").length > MAX_TITLE) { // <--
    throw new BadRequestError("Title too long")
  }
  e.next()
}, "posts")
