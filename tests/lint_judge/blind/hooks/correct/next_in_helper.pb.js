onRecordCreate((e) => {
  const weiter = (event) => {
    try {
      return event.next()
    } finally {
      console.log("next was called")
    }
  }
  e.record.set("body", "über helper")
  weiter(e)
}, "posts")
