// The name stands inside a template that stands inside a template.
//   > POST orders {"total":3}
//   < 400
//   log: "PREFIX is not defined"

const PREFIX = "INV"

onRecordCreate((e) => {
  const parts = ["2024", "07"]
  e.record.set("number", `${parts.map((p) => `${PREFIX}-${p}`).join("/")}`) // <--
  e.next()
}, "orders")
