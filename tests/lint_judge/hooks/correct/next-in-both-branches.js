// Each way hands on.
//   > POST posts {"title":"A","status":"draft"}
//   > POST posts {"title":"B","status":"published"}
//   > GET posts
//   < 200 {"totalItems":5}

onRecordCreate((e) => {
    if (e.record.getString("status") === "draft") {
        e.record.set("views", 0)
        e.next()
    } else {
        e.record.set("publishAt", new Date().toISOString())
        e.next()
    }
}, "posts")
