// A factory's handler is taken to another runtime as text: what it closed over is not there.
//   > POST posts {"title":"Hello"}
//   < 400
//   log: "field is not defined"

const upper = (field) => (e) => {
  e.record.set(field, e.record.getString(field).toUpperCase()) // <--
  e.next()
}

onRecordCreate(upper("title"), "posts") // <--
