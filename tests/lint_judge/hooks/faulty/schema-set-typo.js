// A value for a field that is not there is dropped.
//   > POST orders {"total":4}
//   < 200
//   > GET orders?filter=(total=4)
//   < 200 !"by hand"

onRecordCreate((e) => {
  e.record.set("note", "by hand") // <--
  e.next()
}, "orders")
