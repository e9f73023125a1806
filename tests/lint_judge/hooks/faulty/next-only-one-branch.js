// Handed on for drafts alone; a published post is lost.
//   > POST posts {"title":"A","status":"draft"}
//   < 200
//   > POST posts {"title":"B","status":"published"}
//   < 200 {"title":"B"}
//   > GET posts
//   < 200 {"totalItems":4}

onRecordCreate((e) => { // <--
    if (e.record.getString("status") === "draft") {
        e.record.set("views", 0)
        e.next()
    } else {
        e.record.set("publishAt", new Date()) // <--
    }
}, "posts")
