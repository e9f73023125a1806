// The error is made and let fall: the refused order is stored.
//   > POST orders {"total":-5}
//   < 200 {"total":-5}

onRecordCreateRequest((e) => {
  if (e.record.getFloat("total") < 0) {
    e.badRequestError("The total must not be negative.") // <--
  }
  e.next()
}, "orders")
