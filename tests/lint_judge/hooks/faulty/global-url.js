// Nor `URL`, and the order is refused.
//   > POST orders {"notes":"https://example.com/x?y=1"}
//   < 400
//   log: "URL is not defined"

onRecordCreate((e) => {
  const link = e.record.getString("notes")
  if (link) {
    const host = new URL(link).hostname // <--
    e.record.set("number", host)
  }
  e.next()
}, "orders")
