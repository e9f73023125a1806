onRecordCreate(({ record, next }) => {
	record.set("slug", record.getString("title").toLowerCase())
	next()
}, "posts")
