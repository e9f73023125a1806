// The guard hands on as it returns.
//   > POST orders {"number":"B-1","total":5}
//   < 200
//   > POST orders {"number":"B-2","total":500}
//   < 200 {"notes":"big one"}
//   > GET orders
//   < 200 {"totalItems":4}

onRecordCreate((e) => {
  const total = e.record.getFloat("total")
  if (total < 100) return e.next()

  e.record.set("notes", "big one")
  return e.next()
}, "orders")
