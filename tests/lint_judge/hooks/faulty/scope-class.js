// A class of the file.
//   > GET /api/price
//   < 400
//   log: "Money is not defined"

class Money {
  constructor(cents) { this.cents = cents }
  toString() { return (this.cents / 100).toFixed(2) }
}

routerAdd("GET", "/api/price", (e) => {
  const price = new Money(1999) // <--
  return e.string(200, price.toString())
})
