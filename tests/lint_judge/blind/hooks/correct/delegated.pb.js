onRecordCreate((e) => require(`${__hooks}/handlers.js`).onCreate(e), "posts")
