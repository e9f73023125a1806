// `crypto.randomUUID`.
//   > POST orders {"total":1}
//   < 400
//   log: "crypto is not defined"

onRecordCreate((e) => {
  e.record.set("number", crypto.randomUUID()) // <--
  e.next()
}, "orders")
