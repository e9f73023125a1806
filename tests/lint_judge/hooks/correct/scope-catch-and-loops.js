// Parameters of catch, loops, defaults and rest.
//   > GET /api/mixed
//   < 200 {"sum":6,"error":"bad","first":1,"rest":[2,3]}

routerAdd("GET", "/api/mixed", (e) => {
  const add = (...numbers) => numbers.reduce((a, b) => a + b, 0)
  const split = ([first, ...rest] = []) => ({ first, rest })
  let error = ""
  try {
    throw new Error("bad")
  } catch ({ message }) {
    error = message
  }
  let sum = 0
  outer: for (let i = 1; i < 10; i++) {
    for (const j in { a: 1 }) {
      if (i > 3) break outer
      sum = add(sum, i)
    }
  }
  const { first, rest } = split([1, 2, 3])
  return e.json(200, { sum, error, first, rest })
})
