// A guard that means "nothing to do here" returns without handing on.
//   > POST orders {"number":"B-1","total":5}
//   < 200 {"total":5}
//   > GET orders
//   < 200 {"totalItems":2}

onRecordCreate((e) => { // <--
  const total = e.record.getFloat("total")
  if (total < 100) return // <--

  e.record.set("notes", "big one")
  return e.next()
}, "orders")
