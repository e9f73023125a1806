// `Intl`.
//   > GET /api/price
//   < 400
//   log: "Intl is not defined"

routerAdd("GET", "/api/price", (e) => {
  const euro = new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" }) // <--
  return e.json(200, { price: euro.format(12.5) })
})
