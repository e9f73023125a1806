// ApiError takes the status first.
//   > POST posts {"title":"x"}
//   < 500 !"Out of posts"

onRecordCreateRequest((e) => {
  throw new ApiError("Out of posts", 402) // <--
}, "posts")
