// The handler lives in a module and keeps the record to itself.
//   > POST posts {"title":"Hello"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":3}

// ==== pb_hooks/posts.pb.js
onRecordCreate((e) => { // <--
  require(`${__hooks}/lib/posts.js`).beforeCreate(e) // <--
}, "posts")
// ==== pb_hooks/lib/posts.js
module.exports = {
  beforeCreate: (e) => { // <--
    e.record.set("slug", e.record.getString("title").toLowerCase())
  },
}
