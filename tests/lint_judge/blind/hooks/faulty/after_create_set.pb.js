onRecordAfterCreateSuccess((e) => {
  const { slugify } = require(`${__hooks}/utils.js`)
  e.record.set("slug", slugify(e.record.getString("title")))
  e.next()
}, "posts")
