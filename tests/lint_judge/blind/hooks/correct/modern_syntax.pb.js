routerAdd("GET", "/modern/{rest...}", (e) => {
  class Zähler { static #n = 0; static next() { return ++Zähler.#n } }
  function* zahlen(bis) { for (let i = 0; i < bis; i++) yield Zähler.next() }
  const { rest, ...other } = { rest: e.request.pathValue("rest"), a: 1 }
  let x = null
  x ??= other?.a ?? 0
  const s = "a1b2".replace(/(?<=[a-z])\d/g, (d) => `<${d}>`).replaceAll("b", "B")
  return e.json(200, { rest, x, n: [...zahlen(3)].at(-1), s, m: new Map([["k", 1n.toString()]]).get("k") })
})
