import { slugify } from "./utils.js"

onRecordCreate((e) => {
  e.record.set("slug", slugify(e.record.getString("title")))
  e.next()
}, "posts")
