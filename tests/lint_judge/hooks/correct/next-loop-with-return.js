// Whichever way the loop ends, something hands on or throws.
//   > POST posts {"title":"buy viagra"}
//   < 400
//   > POST posts {"title":"hello"}
//   < 200

onRecordCreateRequest((e) => {
  const banned = ["viagra", "casino"]
  for (const word of banned) {
    if (e.record.getString("title").includes(word)) {
      throw new BadRequestError("No advertisements.")
    }
  }
  e.next()
}, "posts", "comments")
