// Nor is it read like that: the limit never applies.
//   > POST orders {"total":99999}
//   < 200

onRecordCreateRequest((e) => {
  if (e.record.total > 1000) { // <--
    throw new BadRequestError("Too expensive.")
  }
  e.next()
}, "orders")
