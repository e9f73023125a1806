// Handed on from within a loop, which has nothing to go through.
//   > POST orders {"number":"N-1"}
//   < 200
//   > GET orders
//   < 200 {"totalItems":2}

onRecordCreate((e) => { // <--
  const admins = $app.findRecordsByFilter("users", "role = 'admin'", "", 10, 0)
  for (const admin of admins) {
    e.record.set("notes", `seen by ${admin.getString("name")}`)
    e.next() // <--
  }
}, "orders")
