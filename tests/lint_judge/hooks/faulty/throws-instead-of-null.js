// Where there is none, the finder throws: the first sign-up with a name is refused.
//   > POST orders {"number":"Z-9"}
//   < 404

onRecordCreateRequest((e) => {
  const twin = $app.findFirstRecordByData("orders", "number", e.record.get("number")) // <--
  if (twin) { // <--
    throw new BadRequestError("This number is taken.")
  }
  e.next()
}, "orders")
