// A function returns the handler, which takes nothing with it.
//   > POST posts {"title":"Hello"}
//   < 200 {"title":"HELLO"}

function shouting() {
  return (e) => {
    e.record.set("title", e.record.getString("title").toUpperCase())
    e.next()
  }
}

onRecordCreate(shouting(), "posts")
