// One case of the switch falls out of it without handing on.
//   > POST orders {"number":"X","status":"shipped"}
//   < 200
//   > GET orders
//   < 200 {"totalItems":2}

onRecordCreate(function (e) { // <--
  switch (e.record.getString("status")) {
    case "new":
      return e.next()
    case "paid":
      e.record.set("notes", "paid at once")
      return e.next()
    case "shipped": // <--
      e.record.set("notes", "shipped at once") // <--
      break // <--
    default:
      throw new BadRequestError("status?")
  }
}, "orders")
