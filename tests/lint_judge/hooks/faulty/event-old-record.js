// There is no `e.oldRecord`; `e.record.original()` is the way.
//   > PATCH orders/order0000000001 {"status":"paid"}
//   < 400
//   log: "TypeError"

onRecordUpdateRequest((e) => {
  if (e.oldRecord.get("status") !== e.record.get("status")) { // <--
    e.record.set("notes", "status changed")
  }
  e.next()
}, "orders")
