const COLLECTIONS = ["posts", "comments"]

function stamp(e) {
  const field = e.record.collection().name === "posts" ? "body" : "text"
  e.record.set(field, "gestempelt")
  return e.next()
}

// COLLECTIONS is only used here, while the file loads
onRecordCreate(stamp, ...COLLECTIONS)
console.log(`registered for ${COLLECTIONS.join()}`)
