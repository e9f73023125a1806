onRecordAfterCreateSuccess((e) => {
  const { slugify } = require(`${__hooks}/utils.js`)
  e.record.set("slug", slugify(e.record.getString("title")))
  $app.save(e.record)
  e.next()
}, "posts")
