// The handler lives in a module, and hands on there.
//   > POST posts {"title":"Hello World"}
//   < 200 {"slug":"hello-world"}
//   > GET posts
//   < 200 {"totalItems":4}

// ==== pb_hooks/posts.pb.js
onRecordCreate((e) => require(`${__hooks}/lib/posts.js`).beforeCreate(e), "posts")
// ==== pb_hooks/lib/posts.js
const slugify = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")

module.exports = {
  beforeCreate: (e) => {
    e.record.set("slug", slugify(e.record.getString("title")))
    e.next()
  },
}
