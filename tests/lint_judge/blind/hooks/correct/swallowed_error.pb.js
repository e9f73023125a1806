onRecordCreate((e) => {
  try {
    e.next()
  } catch (err) {
    console.log("create failed", err)
    throw err
  }
}, "posts")
