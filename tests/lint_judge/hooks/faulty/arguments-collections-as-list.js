// Several collections are several arguments; a list is one name that nobody has.
//   > POST posts {"title":"x"}
//   < 200 {"title":"x"}

onRecordCreateRequest((e) => {
  throw new ForbiddenError("closed for today")
}, ["posts", "comments"]) // <--
