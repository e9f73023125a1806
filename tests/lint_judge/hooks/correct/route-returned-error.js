// An error that is returned counts as thrown.
//   > POST orders {"total":-5}
//   < 400 {"message":"The total must not be negative."}
//   > GET orders
//   < 200 {"totalItems":2}

onRecordCreateRequest((e) => {
  if (e.record.getFloat("total") < 0) {
    return e.badRequestError("The total must not be negative.", null)
  }
  return e.next()
}, "orders")
