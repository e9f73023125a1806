// Whether there is one, by a list that may be empty.
//   > POST orders {"number":"A-1"}
//   < 400
//   > POST orders {"number":"Z-9"}
//   < 200

onRecordCreateRequest((e) => {
  const number = e.record.getString("number")
  const twins = $app.findRecordsByFilter("orders", "number != '' && number = {:number}", "", 1, 0, { number })
  if (twins.length > 0) {
    throw new BadRequestError("This number is taken.", {
      number: new ValidationError("taken", "This number is taken."),
    })
  }
  e.next()
}, "orders")
