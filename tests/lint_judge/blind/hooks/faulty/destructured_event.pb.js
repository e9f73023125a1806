onRecordCreate(({ record }) => {
	record.set("slug", record.getString("title").toLowerCase())
}, "posts")
