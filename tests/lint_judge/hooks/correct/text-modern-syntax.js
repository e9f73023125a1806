// What the engine knows of newer JavaScript.
//   > GET /api/modern
//   < 200 {"a":1,"b":"none","c":[1,2,3],"d":8,"e":"2024","f":1000,"g":[1,2]}

routerAdd("GET", "/api/modern", (e) => {
  const options = { ...{ a: 1 }, b: null }
  const b = options?.b ?? "none"
  const c = [...new Set([1, 1, 2, 3])]
  const y = /(?<year>\d{4})/.exec("2024-07")
  function* two() { yield 1; yield 2 }
  const m = new Map([["k", 2 ** 3]])
  return e.json(200, { a: options.a, b, c, d: m.get("k"), e: y.groups.year, f: 1_000, g: Array.from(two()) })
})
