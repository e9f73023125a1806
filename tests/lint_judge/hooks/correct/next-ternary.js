// One of two, and both hand on or refuse.
//   > POST orders {"total":-1}
//   < 400 {"message":"Negative."}
//   > POST orders {"total":1}
//   < 200
//   > GET orders
//   < 200 {"totalItems":3}

onRecordCreateRequest((e) => {
  const fail = (text) => { throw new BadRequestError(text) }
  return e.record.getFloat("total") < 0 ? fail("Negative.") : e.next()
}, "orders")
