// Constants, functions and classes stand inside the handler.
//   > GET /api/price/1999
//   < 200 "19.99 EUR"

routerAdd("GET", "/api/price/{cents}", (e) => {
  const CURRENCY = "EUR"
  class Money {
    #cents = 0
    constructor(cents) { this.#cents = cents }
    static of(text) { return new Money(parseInt(text, 10)) }
    toString() { return `${(this.#cents / 100).toFixed(2)} ${CURRENCY}` }
  }
  function show(money) { return String(money) }

  return e.string(200, show(Money.of(e.request.pathValue("cents"))))
})
