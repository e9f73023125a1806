// An async handler: what it throws is lost, and the client hears 200.
//   > POST posts {"title":"bad"}
//   < 200 {"title":"bad"}
//   > GET posts
//   < 200 {"totalItems":3}

onRecordCreate(async (e) => { // <--
  const words = await Promise.resolve(["bad", "worse"])
  if (words.includes(e.record.get("title"))) {
    throw new Error("mind your language") // <--
  }
  e.next()
}, "posts")
