// Each case ends in handing on or in an error.
//   > POST orders {"number":"X","status":"shipped"}
//   < 200 {"notes":"shipped at once"}
//   > GET orders
//   < 200 {"totalItems":3}

onRecordCreate(function (e) {
  switch (e.record.getString("status")) {
    case "new":
      return e.next()
    case "paid":
    case "shipped":
      e.record.set("notes", e.record.getString("status") + " at once")
      break
    default:
      throw new BadRequestError("status?")
  }
  e.next()
}, "orders")
